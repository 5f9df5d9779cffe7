import { createHash } from 'node:crypto';
import type { WantedImage } from '../../coordinator/core/image/wanted-image.ts';
import { launchParts, noForecast, type PoolSpec } from '../../coordinator/core/pool/pool-spec.ts';
import type { LaunchRequest } from '../../coordinator/core/pool/provider.ts';
import type { AppliedPool } from '../../coordinator/store/pools.ts';

/** A call that launches one machine. */
export function aLaunchRequest(more: Partial<LaunchRequest> = {}): LaunchRequest {
  return {
    token: 'token-1',
    launchId: 'launch-1',
    fleetId: 'fleet-1',
    pool: 'web',
    specHash: 'spec-1',
    count: 1,
    market: 'on-demand',
    instanceType: 'm7i.large',
    subnetId: 'subnet-a',
    imageId: 'ami-12c6146b',
    securityGroupIds: [],
    instanceProfile: '',
    tags: {},
    userData: '',
    ...more,
  };
}

type SpecChanges = Partial<Omit<PoolSpec, 'idle' | 'replace'>> & {
  idle?: Partial<PoolSpec['idle']>;
  replace?: Partial<PoolSpec['replace']>;
};

/** A pool in three zones that always wants three READY instances. */
export function aPoolSpec(more: SpecChanges = {}): PoolSpec {
  const { idle = {}, replace = {}, ...others } = more;
  return {
    name: 'web',
    imageId: 'ami-12c6146b',
    roles: ['web'],
    idle: { target: 3, share: 0, max: 40, hold: 0, forecast: noForecast, schedules: [], ...idle },
    max: 12,
    launchesPerHour: 10_000,
    launch: {
      offerings: [{ market: 'on-demand', instanceTypes: ['m7i.large'] }],
      subnetIds: ['subnet-a', 'subnet-b', 'subnet-c'],
      securityGroupIds: [],
      instanceProfile: '',
      tags: {},
      userData: '',
    },
    replace: {
      maxAge: 14 * 86_400_000,
      surge: 0.1,
      bootTimeout: 200_000,
      prepareTimeout: 100_000,
      maxQuarantined: 2,
      maxSilent: 0.2,
      ...replace,
    },
    ...others,
  };
}

export function aPool(more: SpecChanges = {}): AppliedPool {
  const spec = aPoolSpec(more);
  return { spec, specHash: createHash('sha256').update(launchParts(spec)).digest('hex').slice(0, 16) };
}

/** A build for the pool `web` and the channel that it follows. */
export function aWantedImage(more: Partial<WantedImage> = {}): WantedImage {
  return {
    buildId: 'build-1',
    pool: 'web',
    channel: '',
    baseImageId: 'ami-base',
    recipe: 'images: []',
    lock: '',
    variables: {},
    bakeTimeout: 3_600_000,
    isPromoted: false,
    ...more,
  };
}
