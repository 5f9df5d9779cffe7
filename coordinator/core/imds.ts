import type { RoleOffer } from './model.ts';

/** Whether containers of a role reach the metadata service, though its recipe does not allow it. */
export function isExposed({ reachesMetadata = false, imdsExposure = 'NONE' }: RoleOffer): boolean {
  return !reachesMetadata && imdsExposure !== 'NONE';
}
