import { rootAt } from '../../agent/host/root.ts';
import { planScrub } from '../../agent/scrub/plan.ts';
import { removeFound } from '../../agent/scrub/remove.ts';
import { rulesOf } from '../../agent/scrub/rules/own.ts';
import { scrub } from '../../agent/scrub/scrub.ts';

/** What a proof agrees to lose of its own builders. */
export const consents = [
  '--remove-containers',
  '--remove-volumes',
  '--remove-plugins',
  '--remove-build-cache',
  '--remove-swarm',
] as const;

/**
 * The scrub itself on a copy of a root in which nothing runs, in this process: its start would cost more than its work.
 * @param keep ids of rules to leave out
 */
export async function scrubCopy(dir: string, keep: readonly string[]): Promise<void> {
  const root = rootAt(dir);
  const request = {
    root,
    allRules: await rulesOf(root),
    keep,
    consents,
    engine: undefined,
    signal: new AbortController().signal,
    stopDocker: async () => {},
    remove: removeFound,
    now: () => new Date(),
  };
  await scrub(request, await planScrub(request));
}
