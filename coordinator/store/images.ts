import type { BuildChange } from '../core/image/build-plan.ts';
import type { BuildRequest, BuildView, ImageBuild } from '../core/image/image-build.ts';
import type { Moment } from '../core/model.ts';

/** A build that is asked for. */
export interface NewBuild {
  buildId: string;
  request: BuildRequest;
}

/** Machine images and the builds that they come of. */
export interface ImageUseCases {
  /** The same id again changes nothing. @returns the build with the id */
  addBuild(build: NewBuild, at: Moment): Promise<ImageBuild>;
  /** The newest come first. */
  images(): Promise<ImageBuild[]>;
  /** Builds that still own something, with all of it. */
  buildViews(at: Moment): Promise<{ blocked: string[]; builds: BuildView[] }>;
  /** @param revision of the view that it was made from. @returns whether it was committed: from an older view it is not */
  commitBuild(buildId: string, revision: number, change: BuildChange, at: Moment): Promise<boolean>;
  /**
   * Pools that follow its channel launch from it from now on.
   * @throws ParbakeError MACHINE_IMAGE_NOT_FOUND, ILLEGAL_TRANSITION when it is not AVAILABLE
   */
  promoteImage(buildId: string, at: Moment): Promise<ImageBuild>;
  /**
   * It is removed once nothing needs it; a build under way fails.
   * @throws ParbakeError MACHINE_IMAGE_NOT_FOUND, ILLEGAL_TRANSITION when pools follow it
   */
  deprecateImage(buildId: string, at: Moment): Promise<ImageBuild>;
  /** Ids of images that a pool, a launch or a machine of this store needs. */
  imagesInUse(): Promise<string[]>;
  /** The image is gone, or nobody wants to know any more why a build failed. @returns whether it was still over */
  forgetImage(buildId: string): Promise<boolean>;
}
