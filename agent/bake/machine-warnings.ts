import { existsSync } from 'node:fs';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { fits, parsePlatform } from '../../proto/recipe/platform.ts';
import type { Recipe } from '../../proto/recipe/recipe.ts';
import { awaitsOrder } from '../../proto/recipe/role.ts';
import type { Warning } from '../../proto/recipe/warning.ts';
import type { EngineFacts } from '../docker/engine.ts';
import { gatePath } from '../gate/places.ts';
import type { Root } from '../host/root.ts';
import { dataDisk } from '../docker/disk/data-disk.ts';

/**
 * What a person should know of a recipe on this machine, and stops nothing.
 * @param isDataDiskImaged whether a disk of Docker's own goes into the machine image as well
 * @throws ParbakeError DATA_ROOT_ON_OTHER_DISK
 */
export async function machineWarnings(
  recipe: Recipe,
  root: Root,
  facts: EngineFacts,
  isDataDiskImaged: boolean,
): Promise<Warning[]> {
  return [
    ...platformWarnings(recipe, facts),
    ...(isDataDiskImaged ? [] : await dataRootWarnings(root, facts)),
    ...gateWarnings(recipe, root),
  ];
}

async function dataRootWarnings(root: Root, facts: EngineFacts): Promise<Warning[]> {
  const disk = await dataDisk(root, facts);
  if (disk.kind === 'same') return [];
  if (disk.kind === 'outside')
    return [
      {
        code: 'DATA_ROOT_OUTSIDE',
        message: `Docker keeps images in ${facts.dataRoot}, which is not below ${root.dir}: they will not be in its image`,
      },
    ];
  const text = `Docker keeps images in ${disk.place}, on another file system than ${root.dir}`;
  if (disk.disks === undefined)
    return [{ code: 'DATA_ROOT_OUTSIDE', message: `${text}: make sure that the machine image has both` }];
  throw new ParbakeError(
    'DATA_ROOT_ON_OTHER_DISK',
    `${text} and another disk (${disk.disks.join(', ')}): a machine image of the root's disk would have no images`,
  );
}

function gateWarnings({ roles }: Recipe, root: Root): Warning[] {
  const gated = roles.filter(({ containers }) => containers.some(({ prepare }) => awaitsOrder(prepare)));
  if (gated.length === 0 || existsSync(root.path(gatePath))) return [];
  const names = gated.map(({ name }) => name).join(', ');
  return [
    {
      code: 'GATE_MISSING',
      message: `there is no gate at ${root.path(gatePath)}: containers of ${names} will start only at assignment`,
    },
  ];
}

/** Warns of an image that the recipe asks for, and that this architecture cannot run. */
function platformWarnings({ images }: Recipe, { os, architecture }: EngineFacts): Warning[] {
  return images.flatMap(({ ref, platform }) => {
    if (platform === undefined || fits(parsePlatform(platform), { os, architecture, variant: '' })) return [];
    const message = `${ref} is baked for ${platform}, and this machine is ${os}/${architecture}`;
    return [{ code: 'PLATFORM_FOREIGN' as const, message }];
  });
}
