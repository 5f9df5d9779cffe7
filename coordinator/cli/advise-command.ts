import { basename } from 'node:path';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { parseOptions } from '../../proto/process/arguments.ts';
import type { Command } from '../../proto/process/command.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { readRequiredText } from '../../proto/process/required-file.ts';
import { millisecondsOf } from '../../proto/wire/time.ts';
import { advise, type Advice, type AdvisedInstance } from '../insight/advise.ts';
import { recipePatch } from '../insight/recipe-patch.ts';
import { adviceText } from './advise-text.ts';
import { connectionHelp, connectionOptions, withCoordinator } from './client.ts';
import { lastOf } from './fleet-command.ts';
import { readTimelines, type InstanceTimeline } from './read-fleet.ts';

const day = 86_400_000;
const week = 7 * day;

const help = `
Usage: parbake advise [options]

What to bake next: images that instances pulled for themselves in the last week, those first whose pulls cost the most
time for the room that they take beside what is baked already (a layer that several images share counts once); what
baking them would have saved; and of what is baked, how old it is and what nobody used. A layer's room and time are its
parts of its image's, by compressed size and by download and extraction. With --recipe also the change to that recipe,
as a patch: it removes "bake: false" from images that the recipe leaves to instances, and changes nothing else.

Options:
  --budget GIB            how much more may be baked, unpacked (default: no limit)
  --days N                baked and not started for a user for N days is unused (default 30)
  --recipe FILE           print a unified diff to this recipe, for "patch" or "git apply"
  --last N                from the N instances that checked in last, 1 to 10000 (default 500)
${connectionHelp}

Example:
  parbake advise --budget 4 --recipe parbake.yaml | patch
`;

export const adviseCommand: Command = {
  name: 'advise',
  summary: 'What to bake next, and what nobody uses.',
  help,
  async run(args, context) {
    const { values, positionals } = parseOptions('parbake advise', args, {
      ...connectionOptions,
      budget: { type: 'string' },
      days: { type: 'string', default: '30' },
      recipe: { type: 'string' },
      last: { type: 'string', default: '500' },
    });
    if (positionals.length > 0) throw new ParbakeError('USAGE', `advise takes no "${positionals[0] ?? ''}"`);
    const budget = values.budget === undefined ? undefined : amountOf('--budget', values.budget);
    const days = amountOf('--days', values.days);
    const last = lastOf(values.last);
    const recipe = values.recipe === undefined ? undefined : await readRequiredText(values.recipe);
    const timelines = await withCoordinator(values, context, (clients) =>
      readTimelines(clients, { role: '', last }, context.signal),
    );
    const nowMs = Date.now();
    const advice = advise(timelines.map(advised), {
      ...{ nowMs, unusedMs: days * day, windowMs: week },
      ...(budget === undefined ? {} : { budgetBytes: budget * 1024 ** 3 }),
    });
    const refs = advice.bake.filter(({ fits }) => fits).map(({ ref }) => ref);
    const patch = recipe === undefined ? undefined : recipePatch(recipe, basename(values.recipe ?? ''), refs);
    context.stdout.write(
      values.json
        ? `${JSON.stringify(document(advice, patch))}\n`
        : adviceText(advice, { nowMs, days, instances: timelines.length, patch }),
    );
    return exitCodes.done;
  },
};

/** @throws ParbakeError USAGE */
function amountOf(option: string, given: string): number {
  if (!/^\d{1,6}(\.\d{1,6})?$/.test(given))
    throw new ParbakeError('USAGE', `${option} takes a number from 0, not "${given}"`);
  return Number(given);
}

function advised({ instance, timeline }: InstanceTimeline): AdvisedInstance {
  return {
    instanceId: instance.instanceId,
    pulls: timeline.pulls.map(({ startTime, ...pull }) => ({
      ...pull,
      startMs: millisecondsOf(startTime) ?? 0,
    })),
    starts: timeline.starts
      .filter(({ assignmentId, error }) => assignmentId !== '' && error === '')
      .map(({ image, startTime }) => ({ image, startMs: millisecondsOf(startTime) ?? 0 })),
  };
}

function isoTime(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

function document({ bake, baked, savedMs, sinceMs }: Advice, patch: string | undefined) {
  return {
    bake: bake.map((each) => ({
      ref: each.ref,
      digest: each.digest,
      instances: each.instances,
      pulls: each.pulls,
      saved_ms: each.savedMs,
      size_bytes: each.sizeBytes,
      added_bytes: each.addedBytes,
      saved_ms_per_gib: each.msPerGib,
      fits: each.fits,
      layers: each.layers.map((layer) => ({
        digest: layer.digest,
        size_bytes: layer.bytes,
        saved_ms: layer.savedMs,
        saved_ms_per_gib: layer.msPerGib,
        shared_with: layer.sharedWith,
      })),
    })),
    baked: baked.map((each) => ({
      ref: each.ref,
      digest: each.digest,
      size_bytes: each.sizeBytes,
      baked: isoTime(each.bakedMs),
      last_used: isoTime(each.lastUsedMs),
      unused: each.isUnused,
    })),
    saved_last_week_ms: savedMs,
    since: isoTime(sinceMs),
    patch,
  };
}
