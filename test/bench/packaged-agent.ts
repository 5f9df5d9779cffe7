import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { AgentOptions } from '../../packaging/dev/testbed/parbake.ts';
import type { Testbed } from '../../packaging/dev/testbed/testbed.ts';

const project = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** The agent as the package runs it: bundled, with the options and the environment that its unit has. */
export async function packagedAgent(testbed: Testbed): Promise<AgentOptions> {
  await promisify(execFile)(process.execPath, [join(project, 'packaging/dev/build.mjs')]);
  const program = join(project, 'dist/parbake-agent.js');
  if (!existsSync(program)) throw new Error(`${program} was not made`);
  const unit = readFileSync(join(project, 'packaging/systemd/parbake-agent.service'), 'utf8');
  const options = /^ExecStart=\S+\/node (.*) \S+\/parbake-agent\.mjs run$/m.exec(unit)?.[1];
  if (options === undefined) throw new Error('the unit does not start the agent as it is known here');
  const settings = [...unit.matchAll(/^Environment=(.*)$/gm)].flatMap(([, line = '']) => line.split(' '));
  return {
    program,
    nodeOptions: options.split(' '),
    env: {
      ...Object.fromEntries(settings.map((setting) => setting.split('='))),
      // The first start fills it.
      NODE_COMPILE_CACHE: testbed.makeDirectory('compile-cache'),
    },
  };
}
