import { env } from 'node:process';
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

const available = dockerEras.filter(({ why }) => why === undefined);

/** The newest Engine, and every one at night. Tests of behaviour that hardly depends on the Engine use it. */
export const newestDocker =
  env['PARBAKE_TEST_NIGHTLY'] === '1'
    ? dockerEras
    : (available.length > 0 ? available : dockerEras).slice(-1);
