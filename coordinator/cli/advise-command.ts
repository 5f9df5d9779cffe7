import { defined } from '../../proto/errors/defined.ts';
import { command } from '../../proto/process/cli/command.ts';
import { count, preset, size, text } from '../../proto/process/cli/options.ts';
import { basename } from 'node:path';
import { exitCodes } from '../../proto/errors/exit.ts';
import { readRequiredText } from '../../proto/process/required-file.ts';
import { millisecondsOf } from '../../proto/wire/time.ts';
import { advise, type Advice, type AdvisedInstance } from '../insight/advise.ts';
import { recipePatch } from '../insight/recipe-patch.ts';
import { adviceText } from './advise-text.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';
import { lastInstances, readTimelines, type InstanceTimeline } from './read-fleet.ts';

const day = 86_400_000;
const week = 7 * day;

export const adviseCommand = command(
  {
    name: 'advise',
    summary: 'Suggest what to bake next, and name what nobody uses.',
    description: [
      'Lists the images that instances pulled for themselves in the last week, ranked by pull time saved for the space they need beside what is baked already (a layer that several images share counts once). Then lists what is baked, how old it is, and what nobody used.',
      'The space and time of a layer are its shares of its image, by compressed size and by download and extraction. With --recipe it also prints the change to that recipe as a patch: it removes "bake: false" from images that the recipe leaves to instances, and changes nothing else.',
    ].join('\n'),
    options: {
      budget: size(
        'space that may be baked in addition, unpacked; a number alone is GiB (default: no limit)',
        {},
        'GiB',
      ),
      days: preset(count('an image not started for a user for N days is unused', { max: 100_000 }), 30),
      recipe: text('FILE', 'recipe to print a unified diff for, for "patch" or "git apply"'),
      last: lastInstances,
      ...connectionOptions,
    },
    positionals: {},
    examples: ['parbake advise --budget 4GiB --recipe parbake.yaml | patch'],
    settingsFile,
  },
  async (values, context) => {
    const { budget, days } = values;
    const recipe = values.recipe === undefined ? undefined : await readRequiredText(values.recipe);
    const timelines = await withCoordinator(values, context, (clients) =>
      readTimelines(clients, { role: '', last: values.last }, context.signal),
    );
    const nowMs = Date.now();
    const advice = advise(timelines.map(advised), {
      nowMs,
      unusedMs: days * day,
      windowMs: week,
      ...defined({ budgetBytes: budget }),
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
);

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
