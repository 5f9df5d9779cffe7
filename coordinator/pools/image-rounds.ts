import type { Logger } from '../../proto/process/log.ts';
import { planBuild, type BuildChange, type BuildStep } from '../core/image/build-plan.ts';
import { verdictOf } from '../core/image/builder-script.ts';
import { imageNameOf, type BuildView } from '../core/image/image-build.ts';
import { retention } from '../core/image/retention.ts';
import type { Moment } from '../core/model.ts';
import { ProviderError, type Provider } from '../core/pool/provider.ts';
import type { ImageUseCases } from '../store/images.ts';
import { counted, type Called } from './called.ts';

export interface ImageParts {
  store: ImageUseCases;
  provider: Provider;
  called?: Called;
  logger: Logger;
  moment: () => Moment;
  newId: () => string;
}

/** Milliseconds between two looks for images that nothing needs. */
const retentionEvery = 3_600_000;

/** Takes image builds from step to step. Each step can die anywhere: the next round takes it again. */
export class ImageRounds {
  readonly #parts: ImageParts;
  #retained = -Infinity;

  constructor(parts: ImageParts) {
    this.#parts = parts;
  }

  /** @returns whether any build is open, and whether one got further */
  async build(): Promise<{ isOpen: boolean; isMoved: boolean }> {
    const { store, moment, newId } = this.#parts;
    const { blocked, builds } = await store.buildViews(moment());
    let isMoved = false;
    let failure: unknown;
    for (const view of builds)
      try {
        const inputs = { steady: moment().steady, blocked: new Set(blocked), newId };
        const change = await this.#take(view, planBuild(view, inputs));
        if (change === undefined) continue;
        if (!(await store.commitBuild(view.build.buildId, view.revision, change, moment()))) continue;
        this.#log(view, change);
        isMoved = true;
      } catch (cause) {
        // One that fails does not hold up the others.
        if (!(cause instanceof ProviderError)) throw cause;
        failure = cause;
      }
    if (failure !== undefined) throw failure;
    return { isOpen: builds.length > 0, isMoved };
  }

  /** Does what a step says. @returns what to commit of it */
  async #take({ build }: BuildView, step: BuildStep): Promise<BuildChange | undefined> {
    const { provider } = this.#parts;
    const { buildId, facts, imageId, request } = build;
    const call = <T>(work: () => Promise<T>): Promise<T> => counted(this.#parts, 'image', work);
    switch (step.kind) {
      case 'wait':
        return undefined;
      case 'commit':
        return step.change;
      case 'read console': {
        const verdict = verdictOf(buildId, await call(() => provider.console(step.instanceId)));
        if (verdict.kind === 'sealed') return { facts: { verdict: 'sealed' } };
        if (verdict.kind === 'silent') return undefined;
        return { state: 'FAILED', facts: { reason: `BAKE_FAILED: ${verdict.reason}` } };
      }
      case 'create image': {
        const { instanceId } = step;
        const { fleetId } = request;
        return await this.#orFailed(async () => ({
          imageId: await call(() =>
            provider.createImage({ name: imageNameOf(build), instanceId, fleetId, buildId }),
          ),
        }));
      }
      case 'look at image': {
        const found = (await call(() => provider.images(request.fleetId))).find(
          (image) => image.imageId === imageId,
        );
        // A listing may lack the newest.
        if (found === undefined || found.state === 'pending') return undefined;
        const { snapshotIds, reason } = found;
        if (found.state === 'failed')
          return { state: 'FAILED', facts: { snapshotIds, reason: `IMAGE_FAILED: ${reason}` } };
        return { state: 'PROVING', facts: { snapshotIds } };
      }
      case 'clean': {
        const listed = await call(() => provider.images(request.fleetId));
        const ours = listed.filter((image) => image.buildId === buildId);
        const snapshotIds = [...new Set([...facts.snapshotIds, ...ours.flatMap((each) => each.snapshotIds)])];
        // Once the image is gone, nothing else names its snapshots.
        if (snapshotIds.length > facts.snapshotIds.length) return { facts: { snapshotIds } };
        for (const id of new Set([imageId, ...ours.map((each) => each.imageId)]))
          if (id !== '') await call(() => provider.removeImage({ imageId: id, snapshotIds }));
        return { isClosed: true };
      }
    }
  }

  /** A definite refusal fails the build; whatever else goes wrong is tried again. */
  async #orFailed(work: () => Promise<BuildChange>): Promise<BuildChange> {
    try {
      return await work();
    } catch (cause) {
      if (!(cause instanceof ProviderError) || cause.kind !== 'spec') throw cause;
      return { state: 'FAILED', facts: { reason: `IMAGE_REFUSED: ${cause.code}: ${cause.message}` } };
    }
  }

  /** Removes what nothing needs, once in a while. */
  async retain(): Promise<void> {
    const { store, provider, moment, logger } = this.#parts;
    const at = moment();
    if (at.steady - this.#retained < retentionEvery) return;
    const [builds, used] = [await store.images(), new Set(await store.imagesInUse())];
    const plan = retention(builds, used, at.steady);
    for (const buildId of plan.deprecate) await store.deprecateImage(buildId, at);
    for (const buildId of plan.forget) await store.forgetImage(buildId);
    for (const { buildId, imageId, facts } of builds.filter((each) => plan.remove.includes(each.buildId))) {
      // Somebody else's machines may run from it too.
      const machines = await counted(this.#parts, 'image', () => provider.machinesOf(imageId));
      if (machines.length > 0) continue;
      const { snapshotIds } = facts;
      await counted(this.#parts, 'image', () => provider.removeImage({ imageId, snapshotIds }));
      await store.forgetImage(buildId);
      logger.info({ buildId, imageId }, 'image removed: nothing needs it any more');
    }
    this.#retained = at.steady;
  }

  #log({ build }: BuildView, { state, imageId, facts, isPromoted }: BuildChange): void {
    const { logger } = this.#parts;
    const { buildId, channel } = build;
    const reason = facts?.reason;
    if (state !== undefined && state !== build.state)
      logger[state === 'FAILED' ? 'warn' : 'info'](
        { buildId, channel, state, ...(reason === undefined ? {} : { reason }) },
        'image build',
      );
    if (imageId !== undefined) logger.info({ buildId, channel, imageId }, 'image is being made');
    if (isPromoted === true) logger.info({ buildId, channel }, 'image promoted');
  }
}
