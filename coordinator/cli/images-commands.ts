import { randomUUID } from 'node:crypto';
import type { Image__Output } from '../../proto/gen/parbake/v1/Image.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { command } from '../../proto/process/cli/command.ts';
import { duration, flag, pairs, preset, required, text } from '../../proto/process/cli/options.ts';
import { readRequiredText } from '../../proto/process/required-file.ts';
import { pause } from '../../proto/process/tasks.ts';
import { durationOf } from '../../proto/wire/time.ts';
import { parseRecipe } from '../../proto/recipe/recipe.ts';
import { connectionOptions, settingsFile, withCoordinator, type Clients } from './client.ts';
import { imageCells, imageDocument, imageHeader, imageStateName, imageTable } from './image-text.ts';
import { listOptions, listText } from './listing.ts';

const minute = 60_000;
/** Milliseconds between two looks at a build. */
const lookEvery = 2_000;

const build = { build: required(text('BUILD', 'id of the build')) };

export const buildImageCommand = command(
  {
    name: 'images build',
    summary: 'Build a machine image from a recipe, and prove it on clones.',
    description: [
      'Launches a builder as a pool launches its machines. The builder bakes the recipe, scrubs, verifies and powers itself off; its disk becomes a machine image. Two clones of it have to become READY and share no identity before the image is AVAILABLE. Clones never get an order.',
      'The command returns once the build is asked for. With --wait it ends with the build. Ctrl-C leaves the build running; "parbake images deprecate" ends it.',
    ].join('\n'),
    options: {
      recipe: required(text('FILE', 'the recipe, usually parbake.yaml; it may name no other files')),
      pool: required(text('POOL', 'pool whose launch settings the builder and the clones get')),
      base: required(
        text('IMAGE', "machine image to launch the builder from, with Docker and the agent's package"),
      ),
      channel: preset(text('NAME', 'name that pools follow (default: the one that the pool follows)'), ''),
      lock: text('FILE', 'lock file of the recipe; without it references are resolved anew'),
      var: pairs('NAME=VALUE', 'variable of the recipe; never a secret'),
      bakeTimeout: preset(
        duration('from the launch of the builder to its power-off', { min: 5 * minute, max: 720 * minute }),
        '1h',
      ),
      buildId: text('ID', 'name of the build (default: made up); the same one again is the same build'),
      promote: flag('pools follow the image as soon as it is AVAILABLE'),
      wait: flag('end with the build'),
      ...connectionOptions,
    },
    positionals: {},
    examples: [
      'parbake images build --recipe parbake.yaml --pool web --base ami-0123456789abcdef0 --promote --wait',
    ],
    settingsFile,
  },
  async (values, context) => {
    const { recipe: file, var: variables, json } = values;
    const recipe = await readRequiredText(file);
    // The builder has nothing but what it is sent.
    const beside = () => ({ ok: false as const, reason: 'the builder gets the recipe and its lock only' });
    parseRecipe(recipe, { file, variables, env: {}, beside });
    const lock = values.lock === undefined ? '' : await readRequiredText(values.lock);
    const buildId = values.buildId ?? `build-${randomUUID().slice(0, 8)}`;
    return await withCoordinator(values, context, async ({ images }) => {
      const { pool, base: baseImageId, channel, promote } = values;
      const bakeTimeout = durationOf(values.bakeTimeout) ?? null;
      const asked = { buildId, pool, channel, baseImageId, recipe, lock, variables, bakeTimeout, promote };
      const { image } = await images.buildImage(asked);
      const ended =
        values.wait && image !== null
          ? await followed(images, image, context.signal, (line) => context.stderr.write(`${line}\n`))
          : image;
      const shown = ended === null ? [] : [ended];
      context.stdout.write(
        json ? `${JSON.stringify({ images: shown.map(imageDocument) })}\n` : imageTable(shown),
      );
      return ended?.state === 'IMAGE_STATE_FAILED' ? exitCodes.failed : exitCodes.done;
    });
  },
);

/** Tells each state of a build until it is over. @returns the last that was seen of it */
async function followed(
  images: Clients['images'],
  first: Image__Output,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<Image__Output> {
  let image = first;
  for (let told = ''; ;) {
    const state = imageStateName(image);
    if (state !== told) tell(`${image.buildId}  ${state}`);
    told = state;
    if (state !== 'BUILDING' && state !== 'PROVING') return image;
    await pause(lookEvery, signal);
    if (signal.aborted) throw new ParbakeError('INTERRUPTED', `build ${image.buildId} goes on without you`);
    const { images: all } = await images.listImages({});
    image = all.find(({ buildId }) => buildId === image.buildId) ?? image;
  }
}

export const listImagesCommand = command(
  {
    name: 'images list',
    summary: 'List machine images and builds.',
    description:
      'Lists the machine images that the coordinator built, and the builds that failed, the newest first. Pools follow the image of their channel that is marked as current.',
    options: listOptions,
    positionals: {},
    examples: ['parbake images list'],
    settingsFile,
  },
  async (values, context) => {
    const { images } = await withCoordinator(values, context, (clients) => clients.images.listImages({}));
    context.stdout.write(
      listText(values, {
        header: imageHeader,
        items: images,
        cellsOf: imageCells,
        document: () => ({ images: images.map(imageDocument) }),
      }),
    );
    return exitCodes.done;
  },
);

export const promoteImageCommand = command(
  {
    name: 'images promote',
    summary: 'Let pools follow an image.',
    description:
      'Pools that follow the channel of the image launch from it, and replace machines of other images one after the other. To roll back, promote the image before it.',
    options: connectionOptions,
    positionals: build,
    examples: ['parbake images promote build-1f2e3d4c'],
    settingsFile,
  },
  async (values, context) => {
    const { image } = await withCoordinator(values, context, ({ images }) =>
      images.promoteImage({ buildId: values.build }),
    );
    return shown(image, values.json, context.stdout);
  },
);

export const deprecateImageCommand = command(
  {
    name: 'images deprecate',
    summary: 'Let an image go, or end a build.',
    description:
      'The image and its snapshots are removed once no machine runs from it and no pool names it, 7 days later at the earliest. A build that is under way ends as FAILED, and nothing of it is kept.',
    options: connectionOptions,
    positionals: build,
    examples: ['parbake images deprecate build-1f2e3d4c'],
    settingsFile,
  },
  async (values, context) => {
    const { image } = await withCoordinator(values, context, ({ images }) =>
      images.deprecateImage({ buildId: values.build }),
    );
    return shown(image, values.json, context.stdout);
  },
);

function shown(image: Image__Output | null, json: boolean, out: { write(text: string): unknown }) {
  const images = image === null ? [] : [image];
  out.write(json ? `${JSON.stringify({ images: images.map(imageDocument) })}\n` : imageTable(images));
  return exitCodes.done;
}
