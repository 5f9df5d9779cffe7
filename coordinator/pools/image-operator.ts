import { gzipSync } from 'node:zlib';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import { builderScript } from '../core/image/builder-script.ts';
import { isChannel, type ImageBuild } from '../core/image/image-build.ts';
import type { WantedImage } from '../core/image/wanted-image.ts';
import type { Moment } from '../core/model.ts';
import { poolNotFound } from '../core/not-found.ts';
import type { ImageUseCases } from '../store/images.ts';
import type { PoolUseCases } from '../store/pools.ts';

export interface ImageOperatorParts {
  store: ImageUseCases & Pick<PoolUseCases, 'pools' | 'poolViews'>;
  hasProvider: boolean;
  moment: () => Moment;
  logger: Logger;
}

/** Bytes that EC2 takes as user data. */
const maxUserData = 16 * 1024;
/** Milliseconds after the time of a builder is over in which the coordinator ends it, if it can. */
const grace = 10 * 60_000;

/** What operators do with machine images. Each change is a line of the log. */
export class ImageOperator {
  readonly #parts: ImageOperatorParts;

  constructor(parts: ImageOperatorParts) {
    this.#parts = parts;
  }

  /** @throws ParbakeError PROVIDER_MISSING, POOL_NOT_FOUND, REQUEST_INVALID */
  async build(wanted: WantedImage): Promise<ImageBuild> {
    const { store, hasProvider, moment } = this.#parts;
    if (!hasProvider)
      throw new ParbakeError('PROVIDER_MISSING', 'this coordinator has no provider that launches machines');
    const { buildId, recipe, lock, variables, bakeTimeout, baseImageId, isPromoted } = wanted;
    const spec = (await store.pools()).find((pool) => pool.spec.name === wanted.pool)?.spec;
    const fleetId = (await store.poolViews(moment()))?.fleetId;
    if (spec === undefined || fleetId === undefined) throw poolNotFound(wanted.pool);
    const channel = wanted.channel === '' ? spec.imageId : wanted.channel;
    if (!isChannel(channel))
      throw new ParbakeError(
        'REQUEST_INVALID',
        `channel is required: pool ${spec.name} follows none, its image is ${spec.imageId}`,
      );
    const packed = { recipe: zipped(recipe), lock: lock === '' ? '' : zipped(lock) };
    const builderUserData = builderScript({ buildId, variables, limit: bakeTimeout + grace, ...packed });
    if (Buffer.byteLength(builderUserData) > maxUserData)
      throw new ParbakeError(
        'REQUEST_INVALID',
        'the recipe, its lock and its variables are too large: together they have to fit into 16 KiB of user data',
      );
    const { launch, replace } = spec;
    const { bootTimeout, prepareTimeout } = replace;
    const build = await store.addBuild(
      {
        buildId,
        request: {
          ...{ channel, pool: spec.name, fleetId, baseImageId, launch, builderUserData },
          ...{ bakeTimeout, bootTimeout, prepareTimeout, isPromoted },
        },
      },
      moment(),
    );
    this.#tell('image build asked for', build);
    return build;
  }

  async list(): Promise<ImageBuild[]> {
    return await this.#parts.store.images();
  }

  /** @throws ParbakeError MACHINE_IMAGE_NOT_FOUND, ILLEGAL_TRANSITION */
  async promote(buildId: string): Promise<ImageBuild> {
    const build = await this.#parts.store.promoteImage(buildId, this.#parts.moment());
    this.#tell('image promoted', build);
    return build;
  }

  /** @throws ParbakeError MACHINE_IMAGE_NOT_FOUND, ILLEGAL_TRANSITION */
  async deprecate(buildId: string): Promise<ImageBuild> {
    const build = await this.#parts.store.deprecateImage(buildId, this.#parts.moment());
    this.#tell('image deprecated', build);
    return build;
  }

  #tell(action: string, { buildId, channel, state }: ImageBuild): void {
    const { logger } = this.#parts;
    logger.info({ action, buildId, channel, state }, 'changed by an operator');
  }
}

function zipped(text: string): string {
  return gzipSync(text).toString('base64');
}
