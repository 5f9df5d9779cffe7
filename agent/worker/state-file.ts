import { mkdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { Desired } from '../core/order/order.ts';
import { writeDurably, writeDurablySync } from '../host/durable-file.ts';

/** What an agent must not forget: the last generation it applied and what it said. */
export interface AgentState {
  version: 1;
  instanceId: string;
  generation: number;
  desired: Desired;
}

/** Where the state lies: what an order sets may be secret, so that is on a tmpfs and never on the disk. */
export interface StatePlaces {
  /** On the disk. */
  state: string;
  /** On a tmpfs. */
  orderEnv: string;
}

/**
 * An order whose variables are gone, as after a boot, is not there: the coordinator, which is told a lower generation,
 * says it again.
 * @returns undefined when there is none. @throws ParbakeError AGENT_STATE_INVALID
 */
export async function readState(places: StatePlaces): Promise<AgentState | undefined> {
  const state = await readStored(places.state);
  if (state?.desired.phase !== 'run') return state;
  const { order } = state.desired;
  const kept = parse(await readFile(places.orderEnv, 'utf8').catch(() => '')) as
    Partial<OrderEnv> | undefined;
  if (kept?.assignmentId !== order.assignmentId || kept.env === undefined)
    return { ...state, generation: state.generation - 1, desired: { phase: 'idle' } };
  const files = Object.entries(kept.files ?? {}).map(([name, text]) => [name, Buffer.from(text, 'base64')]);
  const whole = { ...order, env: kept.env, files: Object.fromEntries(files) as Record<string, Buffer> };
  return { ...state, desired: { phase: 'run', order: whole } };
}

/** What an earlier run of this instance left; what another instance left came with a clone and is dropped. */
export async function readOwnState(
  places: StatePlaces,
  instanceId: string,
  logger: Logger,
): Promise<AgentState> {
  const found = await readState(places);
  if (found?.instanceId === instanceId) return found;
  if (found !== undefined) logger.warn({ other: found.instanceId }, 'state of another instance dropped');
  return { version: 1, instanceId, generation: 0, desired: { phase: 'idle' } };
}

interface OrderEnv {
  assignmentId: string;
  env: Record<string, string>;
  /** In base64. */
  files: Record<string, string>;
}

async function readStored(path: string): Promise<AgentState | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw new ParbakeError('AGENT_STATE_INVALID', `cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
  const state = parse(text);
  const isOurs =
    state?.version === 1 && typeof state.instanceId === 'string' && Number.isInteger(state.generation);
  if (!isOurs || state.desired === undefined)
    throw new ParbakeError('AGENT_STATE_INVALID', `${path} is not the state of this version of the agent`);
  return state as AgentState;
}

/** Durable when it returns, and never half. @throws ParbakeError AGENT_STATE_UNWRITABLE */
export async function writeState(places: StatePlaces, state: AgentState): Promise<void> {
  try {
    await writeBoth(places, state);
  } catch (cause) {
    const message = `cannot store the desired state: ${reasonOf(cause)}`;
    throw new ParbakeError('AGENT_STATE_UNWRITABLE', message, { cause });
  }
}

async function writeBoth(places: StatePlaces, state: AgentState): Promise<void> {
  const { desired } = state;
  if (desired.phase === 'run') {
    const { assignmentId, env } = desired.order;
    const encoded = Object.entries(desired.order.files).map(([name, content]) => [
      name,
      content.toString('base64'),
    ]);
    const files = Object.fromEntries(encoded) as Record<string, string>;
    mkdirSync(dirname(places.orderEnv), { recursive: true });
    const secret: OrderEnv = { assignmentId, env, files };
    writeDurablySync(places.orderEnv, JSON.stringify(secret), 0o600);
  } else rmSync(places.orderEnv, { force: true });
  mkdirSync(dirname(places.state), { recursive: true });
  await writeDurably(places.state, JSON.stringify({ ...state, desired: withoutEnv(desired) }), 0o600);
}

function withoutEnv(desired: Desired): Desired {
  if (desired.phase === 'idle' || desired.order === undefined) return desired;
  return { ...desired, order: { ...desired.order, env: {}, files: {} } };
}

function parse(text: string): Partial<AgentState> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
