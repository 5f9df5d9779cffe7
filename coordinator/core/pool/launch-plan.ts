import { blockKeys } from './launch-row.ts';
import { offeringsOf, type PoolSpec } from './pool-spec.ts';
import type { LaunchRequest, Offering } from './provider.ts';
import { userDataFor } from './user-data.ts';

/** EC2 advises against larger calls: several of this size instead of one. */
const maxPerCall = 100;

/** What may be asked for now. */
export interface OfferingHealth {
  blocked: ReadonlySet<string>;
  /** Subnets whose instances fell silent together. */
  silentSubnets: ReadonlySet<string>;
  /** Machines by subnet, alive or on their way. */
  alive: ReadonlyMap<string, number>;
}

/** One call that should be made. */
export interface Ask {
  offering: Offering;
  count: number;
}

/**
 * Spreads launches over the zones of the most preferred market and type that can be had now, so that the emptiest zone fills
 * first.
 * @returns nothing when no offering can be asked
 */
export function spread(spec: Pick<PoolSpec, 'launch'>, count: number, health: OfferingHealth): Ask[] {
  const usable = (offering: Offering): boolean =>
    !health.silentSubnets.has(offering.subnetId) &&
    blockKeys(offering).every((key) => !health.blocked.has(key));
  const offerings = offeringsOf(spec)
    .map((zones) => zones.filter(usable))
    .find((zones) => zones.length > 0);
  if (offerings === undefined) return [];
  const shares = offerings.map((offering) => ({
    offering,
    alive: health.alive.get(offering.subnetId) ?? 0,
    count: 0,
  }));
  for (let left = count; left > 0; left--) {
    const emptiest = shares.reduce((least, each) =>
      each.alive + each.count < least.alive + least.count ? each : least,
    );
    emptiest.count += 1;
  }
  return shares.flatMap(({ offering, count: all }) => {
    const calls: Ask[] = [];
    for (let left = all; left > 0; left -= maxPerCall)
      calls.push({ offering, count: Math.min(left, maxPerCall) });
    return calls;
  });
}

/** What a call is made from. */
export interface Made {
  spec: Pick<PoolSpec, 'name' | 'imageId' | 'launch'> & { replace: Pick<PoolSpec['replace'], 'bootTimeout'> };
  specHash: string;
  fleetId: string;
}

/** The call itself, which never changes again. */
export function frozen(
  { spec, specHash, fleetId }: Made,
  { offering, count }: Ask,
  newId: () => string,
): LaunchRequest {
  const { name: pool, imageId, launch } = spec;
  const { securityGroupIds, instanceProfile, disk, tags, userData } = launch;
  return {
    token: newId(),
    launchId: newId(),
    fleetId,
    pool,
    specHash,
    count,
    ...offering,
    imageId,
    securityGroupIds,
    instanceProfile,
    ...(disk === undefined ? {} : { disk }),
    tags,
    userData: userDataFor(userData, spec.replace.bootTimeout),
  };
}
