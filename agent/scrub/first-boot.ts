import { mkdir } from 'node:fs/promises';
import { dirname, isAbsolute, normalize } from 'node:path';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Manifest, Removal } from '../core/manifest.ts';
import { machineFingerprint } from '../host/machine.ts';
import type { Root } from '../host/root.ts';
import { failAs, writeDurably } from '../host/durable-file.ts';
import { locate, type Found, type Places } from './locate.ts';
import { placesOf } from './places.ts';
import type { Remove } from './remove.ts';
import { absent, kindOf, resolveInRoot } from '../host/resolve.ts';
import { scrubRules } from './rules/all.ts';
import { readManifest } from '../manifest/read.ts';
import { isObject, parseJson } from '../core/json.ts';
import { readRegularText } from '../host/regular-file.ts';

/** Which machine this disk ran on last. Goes with the scrub's rule `parbake-state`. */
export const machineRecord = '/var/lib/parbake/machine.json';

/**
 * `same`: it ran here before. `first`: no record and a sealed image, or nothing that could be another machine's. `clone`:
 * the disk is a copy of another machine's that was not scrubbed, or whose seal was broken. `unknown`: no record, and an
 * identity of which nobody can say whose it is.
 */
export type BootKind = 'same' | 'first' | 'clone' | 'unknown';

export interface FirstBootPlan {
  kind: BootKind;
  fingerprint: string;
  /** Identities of the machine that this disk is a copy of, which this machine must not keep. */
  removals: (Pick<Removal, 'rule' | 'path'> & Pick<Found, 'action'>)[];
}

/**
 * Whether this disk is a copy of another machine's, and what of it has to go before Docker starts. Touches nothing.
 * @throws ParbakeError MACHINE_UNKNOWN, MANIFEST_INVALID, SCRUB_FAILED
 */
export async function planFirstBoot(root: Root): Promise<FirstBootPlan> {
  const fingerprint = await machineFingerprint(root);
  const recorded = await readRecord(root);
  if (recorded === fingerprint) return { kind: 'same', fingerprint, removals: [] };
  const manifest = await readManifest(root);
  const places = await placesHere(root, manifest);
  const removals: FirstBootPlan['removals'] = [];
  // Rules that were skipped on purpose stay skipped.
  const kept = manifest?.seal?.kept ?? [];
  for (const rule of scrubRules.filter(({ id, isHealed }) => isHealed === true && !kept.includes(id)))
    for (const { path, action } of await locate(rule, places))
      // Replaced at the end: without it nobody would know after a power cut whose the rest is.
      if (path !== machineRecord) removals.push({ rule: rule.id, path, action });
  if (recorded !== undefined) return { kind: 'clone', fingerprint, removals };
  if (removals.length === 0) return { kind: 'first', fingerprint, removals };
  // The seal says that there was no identity, and a machine that had run from it would have left a record.
  if (manifest?.seal != null) return { kind: 'clone', fingerprint, removals };
  return { kind: 'unknown', fingerprint, removals: [] };
}

/** Removes what the plan says, and records this machine last: killed before, it begins anew. @throws SCRUB_FAILED */
export async function applyFirstBoot(root: Root, plan: FirstBootPlan, remove: Remove): Promise<void> {
  if (plan.kind === 'same') return;
  for (const removal of plan.removals) await remove(root, removal);
  await recordMachine(root, plan.fingerprint);
}

/** Never follows a link, which may lead to another machine's file. @throws ParbakeError SCRUB_FAILED, DISK_FULL */
async function recordMachine(root: Root, fingerprint: string): Promise<void> {
  const folder = dirname(machineRecord);
  const real = await resolveInRoot(root, folder);
  if (real !== undefined && (await kindOf(root, real)) !== 'directory')
    throw new ParbakeError('SCRUB_FAILED', `${folder} is not a directory`);
  await mkdir(root.path(real ?? folder), { recursive: true, mode: 0o700 });
  const record = `${JSON.stringify({ version: 1, machine: fingerprint })}\n`;
  const path = root.path(`${real ?? folder}/machine.json`);
  await writeDurably(path, record, 0o600).catch(failAs('SCRUB_FAILED', `cannot write ${path}`));
}

/** An unreadable record counts as another machine's. */
async function readRecord(root: Root): Promise<string | undefined> {
  const path = await resolveInRoot(root, machineRecord);
  if (path === undefined || (await kindOf(root, path)) !== 'other') return undefined;
  const text = await readRegularText(root.path(path)).catch((cause: unknown) => absent(path, cause));
  if (text === undefined) return undefined;
  const { machine } = parseObject(text);
  return typeof machine === 'string' ? machine : '';
}

/** Reads the data root from Docker's own settings when there is no manifest. */
async function placesHere(root: Root, manifest: Manifest | undefined): Promise<Places> {
  const places = await placesOf(root, manifest, []);
  if (manifest !== undefined) return places;
  const settings = await readRegularText(root.path('/etc/docker/daemon.json')).catch(() => '');
  const dataRoot = parseObject(settings)['data-root'];
  const isUsable =
    typeof dataRoot === 'string' &&
    isAbsolute(dataRoot) &&
    normalize(dataRoot) === dataRoot &&
    dataRoot !== '/';
  return isUsable ? { ...places, dataRoot } : places;
}

function parseObject(text: string): Record<string, unknown> {
  const parsed = parseJson(text);
  return isObject(parsed) ? parsed : {};
}
