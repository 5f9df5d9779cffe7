import { dockerRelease, dockerReleaseNames } from '../testbed/docker-releases.ts';
import { testbedMissing } from '../testbed/testbed.ts';
import { unlessRequired } from './requirement.ts';

const missing = testbedMissing();

/** Docker before and after its identity moved from `key.json` to `engine-id`, with why one cannot be had here. */
export const dockerEras = await Promise.all(
  dockerReleaseNames.map(async (name) => {
    const release = missing === undefined ? await dockerRelease(name) : { missing };
    return 'missing' in release
      ? { name, why: unlessRequired(release.missing), engine: {} }
      : { name, why: undefined, engine: { dockerd: release.dockerd, env: release.env } };
  }),
);
