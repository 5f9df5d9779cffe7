import type { Root } from '../host/root.ts';
import { absent, kindOf, resolveInRoot } from '../host/resolve.ts';
import { member, parseJson } from '../core/json.ts';
import { readRegularText } from '../host/regular-file.ts';
import { storedText } from '../host/slot-file.ts';

/** The file in which an instance's agent stores its last order. */
const statePath = '/var/lib/parbake/state.json';

/**
 * Says why this machine is not a builder: it has, or had, somebody's assignment. Unreadable state says nothing.
 * @throws ParbakeError SCRUB_FAILED
 */
export async function assignmentRefusals(root: Root): Promise<string[]> {
  const path = await resolveInRoot(root, statePath);
  if (path === undefined || (await kindOf(root, path)) !== 'other') return [];
  const text = await readRegularText(root.path(path)).catch((cause: unknown) => absent(path, cause));
  const id = assignmentIn(storedText(Buffer.from(text ?? ''))?.text ?? '');
  if (id === undefined) return [];
  return [`this machine is an instance and not a builder: it has the assignment ${id}; release it first`];
}

function assignmentIn(text: string): string | undefined {
  const order = member(member(parseJson(text), 'desired'), 'order');
  const id = member(order, 'assignmentId');
  return typeof id === 'string' ? id : undefined;
}
