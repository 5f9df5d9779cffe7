import { dockerRelease, dockerReleaseNames } from '../../packaging/dev/testbed/docker-releases.ts';
import { testbedMissing } from '../../packaging/dev/testbed/testbed.ts';

const missing = testbedMissing();

/** Docker before and after its identity moved from `key.json` to `engine-id`, with why one cannot be had here. */
export const dockerEras = await Promise.all(
  dockerReleaseNames.map(async (name) => {
    const release = missing === undefined ? await dockerRelease(name) : { missing };
    return 'missing' in release
      ? { name, why: release.missing, engine: {} }
      : { name, why: undefined, engine: { dockerd: release.dockerd, env: release.env } };
  }),
);

const lacking = dockerEras.flatMap(({ why }) => why ?? []);
if (lacking.length > 0 && process.env['PARBAKE_TEST_REQUIRE'] === 'all') throw new Error(lacking.join('; '));
