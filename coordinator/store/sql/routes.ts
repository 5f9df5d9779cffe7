import { ParbakeError } from '../../../proto/errors/errors.ts';
import type { Assignment, Moment } from '../../core/model.ts';
import { routeEffect, targetOf, type Route, type RouteRequest, type RouteState } from '../../core/route.ts';
import type { RouteFilter } from '../routes.ts';
import type { Database } from './database.ts';
import { number, text, type Row } from './rows.ts';
import type { TargetRows } from './targets.ts';

/** The rows of routes. Each call is part of its caller's transaction, and costs nothing where there are no routes. */
export class RouteRows {
  readonly #db: Database;
  readonly #targets: TargetRows;

  constructor(db: Database, targets: TargetRows) {
    this.#db = db;
    this.#targets = targets;
  }

  /**
   * Reserves the names of a new assignment. A name that the assignment to replace has passes on once the new one serves.
   * @throws ParbakeError ROUTE_NAME_TAKEN
   */
  async reserve(
    { assignmentId, owner, routes }: Pick<Assignment, 'assignmentId' | 'owner' | 'routes'>,
    replaces: string,
  ): Promise<void> {
    if (routes.length > 0) await this.lock();
    for (const route of routes) {
      const holder = await this.#db.one(
        `SELECT assignment_id, next_assignment_id FROM route WHERE name = ? AND state <> 'WITHDRAWN'`,
        route.name,
      );
      if (holder === undefined) await this.#reserve(assignmentId, owner, route);
      else await this.#queue(assignmentId, route.name, holder, replaces);
    }
  }

  /** The names of a request that was forgotten are free again. */
  async forget(assignmentId: string, { now }: Moment): Promise<void> {
    await this.lock();
    await this.#withdraw(assignmentId, now);
  }

  /** Follows an assignment from one state to the next. */
  async follow(before: Assignment, after: Assignment, at: Moment): Promise<void> {
    if (after.routes.length === 0) return;
    const effect = routeEffect(before.state, after.state);
    if (effect === 'none') return;
    await this.lock();
    if (effect === 'publish') await this.#publish(after, at);
    if (effect === 'reserve') await this.#unpublish(after.assignmentId);
    if (effect === 'withdraw') await this.#withdraw(after.assignmentId, at.now);
    const hasServed = before.state === 'SERVING' && after.state !== 'SERVING';
    if (hasServed) await this.#targets.drop(after.assignmentId, await this.nextGeneration(), at);
  }

  /** Publishes what waited for its address. @param find an assignment */
  async publishHeld(
    find: (assignmentId: string) => Promise<Assignment | undefined>,
    at: Moment,
  ): Promise<void> {
    const rows = await this.#db.all(
      `SELECT DISTINCT route.assignment_id FROM route INDEXED BY route_held
       LEFT JOIN target ON target.host = route.host AND target.port = route.target_port
       WHERE route.state = 'RESERVED' AND route.host <> '' AND (target.host IS NULL OR target.hold_until <= ?)`,
      at.steady,
    );
    if (rows.length > 0) await this.lock();
    for (const row of rows) {
      const assignment = await find(text(row, 'assignment_id'));
      if (assignment?.state === 'SERVING') await this.#publish(assignment, at);
    }
  }

  /** Withdraws, at the start, what assignments left that are forgotten or over, whatever ended them. */
  async withdrawLeft({ now }: Pick<Moment, 'now'>): Promise<void> {
    const rows = await this.#db.all(
      `SELECT DISTINCT assignment_id FROM route INDEXED BY route_kept
       WHERE state <> 'WITHDRAWN' AND NOT EXISTS (
         SELECT 1 FROM assignment WHERE assignment.assignment_id = route.assignment_id
           AND state IN ('PENDING', 'CLAIMED', 'DELIVERED', 'STARTING', 'SERVING'))`,
    );
    for (const row of rows) await this.#withdraw(text(row, 'assignment_id'), now);
  }

  async list({ owner = '', assignmentId = '', after = '', limit }: RouteFilter): Promise<Route[]> {
    return (
      await this.#db.all(
        `SELECT * FROM route WHERE name > ?1 AND state <> 'WITHDRAWN' AND (?2 = '' OR owner = ?2)
           AND (?3 = '' OR assignment_id = ?3)
         ORDER BY name LIMIT ?4`,
        after,
        owner,
        assignmentId,
        limit,
      )
    ).map(toRoute);
  }

  async changes(after: number, limit: number): Promise<Route[]> {
    return (
      await this.#db.all('SELECT * FROM route WHERE generation > ? ORDER BY generation LIMIT ?', after, limit)
    ).map(toRoute);
  }

  async newest(): Promise<number> {
    return number((await this.#db.one('SELECT generation FROM route_clock')) ?? {}, 'generation');
  }

  /** Before routes, targets or publishers are changed: generations are committed in their order. */
  async lock(): Promise<void> {
    await this.#db.exclusively('routes');
  }

  /** Later transactions get higher ones: see `lock`. */
  async nextGeneration(): Promise<number> {
    const row = await this.#db.one('UPDATE route_clock SET generation = generation + 1 RETURNING generation');
    return number(row ?? {}, 'generation');
  }

  /**
   * Every publisher has what was published up to a generation.
   * @returns the assignments all of whose routes are visible now
   */
  async routed(generation: number, { now }: Moment): Promise<string[]> {
    const rows = await this.#db.all(
      `SELECT DISTINCT assignment_id FROM route INDEXED BY route_unrouted
       WHERE state = 'PUBLISHED' AND routed_time = 0 AND generation <= ?`,
      generation,
    );
    if (rows.length === 0) return [];
    await this.#db.run(
      `UPDATE route INDEXED BY route_unrouted SET routed_time = ?
       WHERE state = 'PUBLISHED' AND routed_time = 0 AND generation <= ?`,
      now,
      generation,
    );
    const routed: string[] = [];
    for (const row of rows) {
      const assignmentId = text(row, 'assignment_id');
      const missing = await this.#db.one(
        `SELECT 1 FROM route WHERE assignment_id = ?1 AND routed_time = 0
         UNION ALL SELECT 1 FROM route WHERE next_assignment_id = ?1 AND next_assignment_id <> '' AND routed_time = 0 LIMIT 1`,
        assignmentId,
      );
      if (missing === undefined) routed.push(assignmentId);
    }
    return routed;
  }

  async remove(withdrawnBefore: number, limit: number): Promise<number> {
    return await this.#db.run(
      `DELETE FROM route WHERE name IN (
         SELECT name FROM route INDEXED BY route_withdrawn WHERE state = 'WITHDRAWN' AND withdrawn_time < ? LIMIT ?)`,
      withdrawnBefore,
      limit,
    );
  }

  async #reserve(
    assignmentId: string,
    owner: string,
    { name, container, port, scheme }: RouteRequest,
  ): Promise<void> {
    await this.#db.run(
      `INSERT INTO route (name, assignment_id, owner, container, port, scheme, state, generation)
       VALUES (?, ?, ?, ?, ?, ?, 'RESERVED', ?)
       ON CONFLICT (name) DO UPDATE SET assignment_id = excluded.assignment_id, owner = excluded.owner,
         container = excluded.container, port = excluded.port, scheme = excluded.scheme, state = 'RESERVED',
         next_assignment_id = '', host = '', target_port = 0, published_time = 0, routed_time = 0, problem = '',
         generation = excluded.generation`,
      ...[name, assignmentId, owner, container, port, scheme, await this.nextGeneration()],
    );
  }

  async #queue(assignmentId: string, name: string, holder: Row, replaces: string): Promise<void> {
    const [has, next] = [text(holder, 'assignment_id'), text(holder, 'next_assignment_id')];
    if (replaces === '' || has !== replaces || next !== '')
      throw new ParbakeError('ROUTE_NAME_TAKEN', `${name} belongs to another assignment`, {
        metadata: { name },
      });
    await this.#db.run('UPDATE route SET next_assignment_id = ? WHERE name = ?', assignmentId, name);
  }

  async #publish({ assignmentId, routes, endpoints }: Assignment, at: Moment): Promise<void> {
    for (const route of routes) {
      const { name, container, port, scheme } = route;
      const target = targetOf(route, endpoints);
      const problem =
        target === undefined
          ? `ROUTE_TARGET_MISSING: no container publishes port ${port}`
          : (await this.#targets.take(target, assignmentId, at))
            ? ''
            : `ROUTE_TARGET_HELD: ${target.host}:${target.port} led to another assignment until a moment ago`;
      // What is published stays so, and what cannot be is tried again.
      const generation = await this.nextGeneration();
      await this.#db.run(
        `UPDATE route SET assignment_id = ?1, next_assignment_id = '', container = ?2, port = ?3, scheme = ?4,
           state = ?5, host = ?6, target_port = ?7, generation = ?8, published_time = ?9, routed_time = 0, problem = ?10
         WHERE name = ?11 AND (assignment_id = ?1 OR next_assignment_id = ?1)
           AND NOT (state = 'PUBLISHED' AND assignment_id = ?1)`,
        assignmentId,
        container,
        port,
        scheme,
        problem === '' ? 'PUBLISHED' : 'RESERVED',
        // Kept while the address is another assignment's, to be published when it is free.
        target?.host ?? '',
        target?.port ?? 0,
        generation,
        problem === '' ? at.now : 0,
        problem,
        name,
      );
    }
  }

  async #unpublish(assignmentId: string): Promise<void> {
    for (const { name } of await this.#of(assignmentId))
      await this.#db.run(
        `UPDATE route SET state = 'RESERVED', host = '', target_port = 0, published_time = 0, routed_time = 0,
           problem = '', generation = ? WHERE name = ?`,
        await this.nextGeneration(),
        name,
      );
  }

  /** A name that somebody waits for is theirs now; any other is free. */
  async #withdraw(assignmentId: string, now: number): Promise<void> {
    for (const { name, next } of await this.#of(assignmentId))
      await this.#db.run(
        `UPDATE route SET state = ?, assignment_id = CASE WHEN ? = '' THEN assignment_id ELSE next_assignment_id END,
           next_assignment_id = '', host = '', target_port = 0, published_time = 0, routed_time = 0, problem = '',
           withdrawn_time = ?, generation = ?
         WHERE name = ?`,
        ...[next === '' ? 'WITHDRAWN' : 'RESERVED', next, now, await this.nextGeneration(), name],
      );
    await this.#db.run(
      `UPDATE route INDEXED BY route_next SET next_assignment_id = ''
       WHERE next_assignment_id = ? AND next_assignment_id <> ''`,
      assignmentId,
    );
  }

  async #of(assignmentId: string): Promise<{ name: string; next: string }[]> {
    const rows = await this.#db.all(
      `SELECT name, next_assignment_id FROM route WHERE assignment_id = ? AND state <> 'WITHDRAWN' ORDER BY name`,
      assignmentId,
    );
    return rows.map((row) => ({ name: text(row, 'name'), next: text(row, 'next_assignment_id') }));
  }
}

function toRoute(row: Row): Route {
  const state = text(row, 'state') as RouteState;
  return {
    name: text(row, 'name'),
    assignmentId: text(row, 'assignment_id'),
    owner: text(row, 'owner'),
    container: text(row, 'container'),
    port: number(row, 'port'),
    scheme: text(row, 'scheme') as Route['scheme'],
    state,
    ...(state === 'PUBLISHED'
      ? { target: { host: text(row, 'host'), port: number(row, 'target_port') } }
      : {}),
    generation: number(row, 'generation'),
    publishedTime: number(row, 'published_time'),
    routedTime: number(row, 'routed_time'),
    problem: text(row, 'problem'),
  };
}
