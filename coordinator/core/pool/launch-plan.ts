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
  /** Machines by market, alive or on their way. */
  markets: { spot: number; all: number };
}

/** One call that should be made. */
export interface Ask {
  offering: Offering;
  count: number;
}

/** Offerings of one type in every zone where it can be had now. */
type Zones = readonly Offering[];

/**
 * Spreads launches over the zones of the most preferred market and type that can be had now, so that the emptiest zone fills
 * first. A spot offering with a share gets that part of the pool, as far as it can be had.
 * @returns nothing when no offering can be asked
 */
export function spread({ launch }: Pick<PoolSpec, 'launch'>, count: number, health: OfferingHealth): Ask[] {
  const groups = launch.offerings.map((offering) => ({
    share: offering.market === 'spot' ? offering.share : undefined,
    zones: firstUsable(offeringsOf({ launch: { ...launch, offerings: [offering] } }), health),
  }));
  const mixed = groups.find(({ share, zones }) => share !== undefined && zones !== undefined);
  const preferred = groups.find((group) => group !== mixed && group.zones !== undefined);
  const alive = new Map(health.alive);
  const part = mixed?.share === undefined || preferred === undefined ? 0 : partOf(mixed.share, count, health);
  const [first, rest] =
    mixed === undefined || preferred === undefined ? [preferred ?? mixed, 0] : [mixed, count - part];
  const asks = over(first?.zones ?? [], count - rest, alive);
  return rest === 0 ? asks : [...asks, ...over(preferred?.zones ?? [], rest, alive)];
}

function firstUsable(types: readonly Zones[], health: OfferingHealth): Zones | undefined {
  const usable = (offering: Offering): boolean =>
    !health.silentSubnets.has(offering.subnetId) &&
    blockKeys(offering).every((key) => !health.blocked.has(key));
  return types.map((zones) => zones.filter(usable)).find((zones) => zones.length > 0);
}

/** How many of the next launches are spot, so that the share of the whole pool is kept. */
function partOf(share: number, count: number, { markets }: OfferingHealth): number {
  const wanted = Math.floor(share * (markets.all + count) + 1e-9) - markets.spot;
  return Math.max(0, Math.min(count, wanted));
}

/** @param alive machines by subnet; what is placed is added */
function over(zones: Zones, count: number, alive: Map<string, number>): Ask[] {
  if (zones.length === 0 || count === 0) return [];
  const shares = zones.map((offering) => ({ offering, count: 0 }));
  const inZone = ({ offering }: { offering: Offering }): number => alive.get(offering.subnetId) ?? 0;
  for (let left = count; left > 0; left--) {
    const emptiest = shares.reduce((least, each) => (inZone(each) < inZone(least) ? each : least));
    emptiest.count += 1;
    alive.set(emptiest.offering.subnetId, inZone(emptiest) + 1);
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
