import { ParbakeError } from '../../../proto/errors/errors.ts';
import type { BuildChange } from '../../core/image/build-plan.ts';
import {
  noFacts,
  ownerOf,
  type BuildFacts,
  type BuildLaunch,
  type BuildMachine,
  type BuildPurpose,
  type BuildRequest,
  type BuildView,
  type ImageBuild,
  type ImageState,
} from '../../core/image/image-build.ts';
import type { Moment } from '../../core/model.ts';
import { imageNotFound } from '../../core/not-found.ts';
import type { LaunchRequest, MachineState } from '../../core/pool/provider.ts';
import type { ImageUseCases, NewBuild } from '../images.ts';
import { endMachines, insertLaunches } from './launch-rows.ts';
import { number, text, toInstance, type Row } from './rows.ts';
import type { Tables } from './tables.ts';

export function imageCommands(tables: Tables): ImageUseCases {
  const { db } = tables;
  return {
    addBuild: (...build) => addBuild(tables, ...build),
    images: async () =>
      (await db.all('SELECT * FROM image_build ORDER BY create_time DESC, build_id')).map(toBuild),
    buildViews: (at) => buildViews(tables, at),
    commitBuild: (...change) => commitBuild(tables, ...change),
    async promoteImage(buildId, at) {
      const build = await known(tables, buildId);
      if (build.state !== 'AVAILABLE')
        throw new ParbakeError(
          'ILLEGAL_TRANSITION',
          `image ${buildId} is ${build.state}: only one that is AVAILABLE can be promoted`,
        );
      await promote(tables, build, at);
      return await known(tables, buildId);
    },
    async deprecateImage(buildId, at) {
      const build = await known(tables, buildId);
      if (build.isCurrent)
        throw new ParbakeError(
          'ILLEGAL_TRANSITION',
          `pools follow image ${buildId} of channel ${build.channel}: promote another one first`,
        );
      if (build.state === 'AVAILABLE') await changeState(tables, build, { state: 'DEPRECATED' }, at);
      if (build.state === 'BUILDING' || build.state === 'PROVING') {
        const facts = { ...build.facts, reason: 'CANCELLED: an operator ended the build' };
        await changeState(tables, build, { state: 'FAILED', facts }, at);
      }
      return await known(tables, buildId);
    },
    async imagesInUse() {
      const pools = await db.all('SELECT spec FROM pool');
      const launches = await db.all(`SELECT request FROM launch WHERE state IN ('PLANNED', 'ASKED')`);
      const machines = await db.all(
        `SELECT DISTINCT image_id FROM machine WHERE provider_state <> 'terminated'`,
      );
      const instances = await db.all(
        `SELECT facts FROM instance WHERE state NOT IN ('RETIRED', 'LOST', 'TERMINATED')`,
      );
      const imageOf = (row: Row, column: string): string =>
        (JSON.parse(text(row, column)) as { imageId: string }).imageId;
      const used = new Set([
        ...pools.map((row) => imageOf(row, 'spec')),
        ...launches.map((row) => imageOf(row, 'request')),
        ...instances.map((row) => imageOf(row, 'facts')),
        ...machines.map((row) => text(row, 'image_id')),
      ]);
      return [...used];
    },
    async forgetImage(buildId) {
      const gone = await db.run(
        `DELETE FROM image_build WHERE build_id = ? AND is_closed = 1 AND state IN ('DEPRECATED', 'FAILED')`,
        buildId,
      );
      return gone > 0;
    },
  };
}

/** The current image of each channel. */
export async function currentImages({ db }: Tables): Promise<Map<string, string>> {
  const rows = await db.all('SELECT channel, image_id FROM image_build WHERE is_current = 1');
  return new Map(rows.map((row) => [text(row, 'channel'), text(row, 'image_id')]));
}

async function addBuild(
  tables: Tables,
  { buildId, request }: NewBuild,
  { now, steady }: Moment,
): Promise<ImageBuild> {
  await tables.db.run(
    `INSERT INTO image_build (build_id, channel, state, request, facts, create_time, state_time, state_steady)
     VALUES (?1, ?2, 'BUILDING', ?3, ?4, ?5, ?5, ?6) ON CONFLICT (build_id) DO NOTHING`,
    ...[buildId, request.channel, JSON.stringify(request), JSON.stringify(noFacts), now, steady],
  );
  return await known(tables, buildId);
}

async function buildViews(
  { db }: Tables,
  { steady }: Moment,
): Promise<{ blocked: string[]; builds: BuildView[] }> {
  const open = await db.all('SELECT * FROM image_build WHERE is_closed = 0 ORDER BY create_time, build_id');
  if (open.length === 0) return { blocked: [], builds: [] };
  const blocks = await db.all('SELECT offering_key FROM offering WHERE until_steady > ?', steady);
  const builds: BuildView[] = [];
  for (const row of open) {
    const owner = ownerOf(text(row, 'build_id'));
    const launches = await db.all('SELECT * FROM launch WHERE pool = ? ORDER BY planned, launch_id', owner);
    const machines = await db.all('SELECT * FROM machine WHERE pool = ? ORDER BY instance_id', owner);
    const instances = await db.all(
      'SELECT instance.* FROM machine JOIN instance USING (instance_id) WHERE machine.pool = ?',
      owner,
    );
    const told = new Map(instances.map((each) => [text(each, 'instance_id'), toInstance(each)]));
    builds.push({
      build: toBuild(row),
      revision: number(row, 'revision'),
      launches: launches.map(toLaunch),
      machines: machines.map((each) => toMachine(each, told.get(text(each, 'instance_id')))),
    });
  }
  return { blocked: blocks.map((row) => text(row, 'offering_key')), builds };
}

async function commitBuild(
  tables: Tables,
  buildId: string,
  revision: number,
  change: BuildChange,
  at: Moment,
): Promise<boolean> {
  const { db } = tables;
  const changed = await db.run(
    'UPDATE image_build SET revision = revision + 1 WHERE build_id = ? AND revision = ?',
    ...[buildId, revision],
  );
  if (changed === 0) return false;
  const build = await known(tables, buildId);
  const { state = build.state, imageId = build.imageId } = change;
  await changeState(tables, build, { state, facts: { ...build.facts, ...change.facts } }, at);
  await db.run(
    'UPDATE image_build SET image_id = ?, is_closed = ? WHERE build_id = ?',
    ...[imageId, change.isClosed === true ? 1 : 0, buildId],
  );
  if (change.isPromoted === true) await promote(tables, await known(tables, buildId), at);
  await insertLaunches(db, change.launches ?? [], at);
  await endMachines(tables, change.ends ?? [], at);
  return true;
}

async function changeState(
  { db }: Tables,
  { buildId, state: before, facts: known }: ImageBuild,
  { state, facts = known }: { state: ImageState; facts?: BuildFacts },
  { now, steady }: Moment,
): Promise<void> {
  await db.run(
    'UPDATE image_build SET facts = ?, revision = revision + 1 WHERE build_id = ?',
    ...[JSON.stringify(facts), buildId],
  );
  if (state !== before)
    await db.run(
      'UPDATE image_build SET state = ?, state_time = ?, state_steady = ? WHERE build_id = ?',
      ...[state, now, steady, buildId],
    );
}

/** Pools that follow the channel are planned anew. */
async function promote({ db }: Tables, { buildId, channel }: ImageBuild, { now }: Moment): Promise<void> {
  await db.run('UPDATE image_build SET is_current = 0 WHERE channel = ? AND build_id <> ?', channel, buildId);
  await db.run(
    'UPDATE image_build SET is_current = 1, promoted_time = ? WHERE build_id = ? AND is_current = 0',
    ...[now, buildId],
  );
  await db.run('UPDATE pool SET revision = revision + 1');
}

async function known({ db }: Tables, buildId: string): Promise<ImageBuild> {
  const row = await db.one('SELECT * FROM image_build WHERE build_id = ?', buildId);
  if (row === undefined) throw imageNotFound(buildId);
  return toBuild(row);
}

// What is JSON in a column was written by this store from the same types.

function toBuild(row: Row): ImageBuild {
  return {
    buildId: text(row, 'build_id'),
    channel: text(row, 'channel'),
    state: text(row, 'state') as ImageState,
    request: JSON.parse(text(row, 'request')) as BuildRequest,
    facts: JSON.parse(text(row, 'facts')) as BuildFacts,
    imageId: text(row, 'image_id'),
    isCurrent: number(row, 'is_current') === 1,
    promotedTime: number(row, 'promoted_time'),
    createTime: number(row, 'create_time'),
    stateTime: number(row, 'state_time'),
    stateSteady: number(row, 'state_steady'),
  };
}

function toLaunch(row: Row): BuildLaunch {
  const state = text(row, 'state');
  return {
    state,
    code: state === 'REFUSED' ? text(row, 'code') : '',
    request: JSON.parse(text(row, 'request')) as LaunchRequest,
    answered: number(row, 'answered'),
  };
}

function toMachine(row: Row, instance: ReturnType<typeof toInstance> | undefined): BuildMachine {
  return {
    instanceId: text(row, 'instance_id'),
    purpose: text(row, 'spec_hash') as BuildPurpose,
    providerState: text(row, 'provider_state') as MachineState,
    bound: number(row, 'bound'),
    isEnding: text(row, 'end_reason') !== '',
    ...(instance === undefined
      ? {}
      : {
          instance: {
            state: instance.state,
            stateReason: instance.stateReason,
            stateSteady: instance.stateSteady,
            facts: instance.facts,
            roles: instance.roles.map(({ name }) => name),
          },
        }),
  };
}
