import type { RoleOffer__Output } from '../../proto/gen/parbake/v1/RoleOffer.ts';

/** Whether containers of a role reach the metadata service, though its recipe does not allow it. */
export function isImdsExposed({ reachesMetadata, imdsExposure }: RoleOffer__Output): boolean {
  const isClosed = imdsExposure === 'IMDS_EXPOSURE_NONE' || imdsExposure === 'IMDS_EXPOSURE_UNSPECIFIED';
  return !reachesMetadata && !isClosed;
}
