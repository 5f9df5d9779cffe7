import type { Options } from '@grpc/proto-loader';

/**
 * How wire messages become objects. The generator of `proto/gen` must be called with the same
 * settings (`npm run generate`); a unit test compares the two, because a difference shows only as a
 * field that is silently undefined.
 */
export const loaderOptions = {
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
} as const satisfies Options;
