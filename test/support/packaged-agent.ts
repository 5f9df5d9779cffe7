import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readAgentUnit } from '../../packaging/package/unit.ts';
import { command } from '../testbed/command.ts';
import type { AgentOptions } from '../testbed/parbake.ts';
import type { Testbed } from '../testbed/testbed.ts';

const project = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** The agent as the package runs it: bundled, from a snapshot, with the options and the environment that its unit has. */
export async function packagedAgent(testbed: Testbed): Promise<AgentOptions> {
  const place = testbed.makeDirectory('packaged');
  const dist = join(place, 'agent');
  await command(process.execPath, [join(project, 'packaging/dev/build.mjs'), dist]);
  // The program finds its version one directory up.
  cpSync(join(project, 'package.json'), join(place, 'package.json'));
  const { options, environment } = readAgentUnit();
  const snapshot = join(place, 'daemon.snapshot');
  const daemon = join(dist, 'parbake-agent-daemon.cjs');
  await command(process.execPath, [...options, '--snapshot-blob', snapshot, '--build-snapshot', daemon]);
  return {
    program: join(dist, 'parbake-agent.js'),
    nodeOptions: [...options, `--snapshot-blob=${snapshot}`],
    isEnvComplete: true,
    env: { ...environment, NODE_COMPILE_CACHE: testbed.makeDirectory('compile-cache') },
  };
}
