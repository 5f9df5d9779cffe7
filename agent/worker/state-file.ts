import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, reasonOf } from '../../proto/errors/cause.ts';
import { defined } from '../../proto/errors/defined.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import type { Desired, Order, OrderCertificate } from '../core/order/order.ts';
import { writeWhole } from '../host/durable-file.ts';
import { reserveSlots, storedText, writeSlot } from '../host/slot-file.ts';
import { isObject, parseJson } from '../core/json.ts';

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

/** What an agent finds of an earlier run. */
export interface FoundState {
  state: AgentState;
  /**
   * Whether it says what to do. Where it does not, as without a file or after a boot in the middle of an order,
   * containers may be there all the same, and only the coordinator knows whose they are.
   */
  isRemembered: boolean;
}

/**
 * What an earlier run of this instance left. A file that is not whole is moved aside, since an agent that refuses to start
 * would leave a user's containers alone; what another instance left came with a clone and is dropped.
 */
export async function readOwnState(
  places: StatePlaces,
  instanceId: string,
  logger: Logger,
): Promise<FoundState> {
  const found = await readState(places, logger);
  if (found?.state.instanceId === instanceId) return found;
  if (found !== undefined)
    logger.warn({ other: found.state.instanceId }, 'state of another instance dropped');
  const state: AgentState = { version: 1, instanceId, generation: 0, desired: { phase: 'idle' } };
  return { state, isRemembered: false };
}

/**
 * An order whose variables are gone, as after a boot, is not there: the coordinator, which is told a lower generation,
 * says it again. Its containers are left alone until then.
 * @returns undefined when there is none
 */
async function readState(places: StatePlaces, logger: Logger): Promise<FoundState | undefined> {
  const stored = await readStored(places.state, logger);
  if (stored === undefined) return undefined;
  const { state, isRemembered } = stored;
  if (state.desired.phase !== 'run') return stored;
  const { order } = state.desired;
  const kept = parseJson(await readFile(places.orderEnv, 'utf8').catch(() => ''));
  if (!isOrderEnv(kept) || kept.assignmentId !== order.assignmentId)
    return {
      state: { ...state, generation: state.generation - 1, desired: { phase: 'idle' } },
      isRemembered: false,
    };
  const files = Object.entries(kept.files).map(([name, text]) => [name, Buffer.from(text, 'base64')]);
  const whole: Order = {
    ...order,
    env: kept.env,
    files: Object.fromEntries(files) as Record<string, Buffer>,
    ...defined({ certificate: kept.certificate }),
  };
  return { state: { ...state, desired: { phase: 'run', order: whole } }, isRemembered };
}

interface OrderEnv {
  assignmentId: string;
  env: Record<string, string>;
  /** In base64. */
  files: Record<string, string>;
  certificate?: OrderCertificate | undefined;
}

/** Where the newest record was lost, what came before it does not say whose the containers are. */
async function readStored(path: string, logger: Logger): Promise<FoundState | undefined> {
  let problem = 'it is not the state of this version of the agent';
  try {
    const stored = storedText(await readFile(path));
    if (stored === undefined) return undefined;
    const state = parseJson(stored.text);
    if (isState(state)) return { state, isRemembered: stored.isWhole };
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    problem = reasonOf(cause);
  }
  const aside = `${path}.broken`;
  try {
    renameSync(path, aside);
    logger.warn({ path, aside, reason: problem }, 'broken state file moved aside');
  } catch (cause) {
    logger.warn({ path, reason: `${problem}; ${reasonOf(cause)}` }, 'broken state file ignored');
  }
  return undefined;
}

/** Makes the file that an order is stored in, if there is none: an order does not wait for that. */
export async function reserveState(places: StatePlaces): Promise<void> {
  mkdirSync(dirname(places.state), { recursive: true });
  await reserveSlots(places.state, 0o600);
}

/** Stores the state, durably and whole. @throws ParbakeError AGENT_STATE_UNWRITABLE */
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
    const { assignmentId, env, certificate } = desired.order;
    const encoded = Object.entries(desired.order.files).map(([name, content]) => [
      name,
      content.toString('base64'),
    ]);
    const files = Object.fromEntries(encoded) as Record<string, string>;
    mkdirSync(dirname(places.orderEnv), { recursive: true });
    const secret: OrderEnv = { assignmentId, env, files, ...defined({ certificate }) };
    writeWhole(places.orderEnv, JSON.stringify(secret), 0o600);
  } else rmSync(places.orderEnv, { force: true });
  mkdirSync(dirname(places.state), { recursive: true });
  await writeSlot(places.state, JSON.stringify({ ...state, desired: withoutEnv(desired) }), 0o600);
}

function withoutEnv(desired: Desired): Desired {
  if (desired.phase === 'idle' || desired.order === undefined) return desired;
  const { certificate: _certificate, ...order } = desired.order;
  return { ...desired, order: { ...order, env: {}, files: {} } };
}

function isState(value: unknown): value is AgentState {
  if (!isObject(value)) return false;
  const { version, instanceId, generation, desired } = value;
  const isCounted = Number.isSafeInteger(generation) && Number(generation) >= 0;
  return version === 1 && typeof instanceId === 'string' && isCounted && isDesired(desired);
}

function isDesired(value: unknown): value is Desired {
  if (!isObject(value)) return false;
  const { phase, order } = value;
  if (phase === 'run') return isOrder(order);
  if (phase === 'stop') return order === undefined || isOrder(order);
  return phase === 'idle';
}

function isOrder(value: unknown): value is Order {
  if (!isObject(value)) return false;
  const { assignmentId, user, environment, role, env, files } = value;
  const isText = [assignmentId, user, environment, role].every((each) => typeof each === 'string');
  return isText && isTexts(env) && isObject(files);
}

function isOrderEnv(value: unknown): value is OrderEnv {
  if (!isObject(value)) return false;
  const { assignmentId, env, files, certificate } = value;
  if (certificate !== undefined && !isCertificate(certificate)) return false;
  return typeof assignmentId === 'string' && isTexts(env) && isTexts(files);
}

function isCertificate(value: unknown): value is OrderCertificate {
  return isTexts(value) && ['key', 'chain', 'authorities'].every((name) => typeof value[name] === 'string');
}

function isTexts(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every((each) => typeof each === 'string');
}
