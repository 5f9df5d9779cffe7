import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ParbakeError } from '../../proto/errors.ts';
import type { Desired } from '../core/planner.ts';

/** What an agent must not forget: the last generation it applied and what it said. */
export interface AgentState {
  version: 1;
  instanceId: string;
  generation: number;
  desired: Desired;
}

/** @returns undefined when there is none. @throws ParbakeError AGENT_STATE_INVALID */
export async function readState(path: string): Promise<AgentState | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new ParbakeError('AGENT_STATE_INVALID', `cannot read ${path}: ${String(cause)}`, { cause });
  }
  const state = parse(text);
  const isOurs =
    state?.version === 1 && typeof state.instanceId === 'string' && Number.isInteger(state.generation);
  if (!isOurs || state.desired === undefined)
    throw new ParbakeError('AGENT_STATE_INVALID', `${path} is not the state of this version of the agent`);
  return state as AgentState;
}

/** Durable when it returns, and never half. The order's environment is in it: mode 0600. */
export async function writeState(path: string, state: AgentState): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(state));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function parse(text: string): Partial<AgentState> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
