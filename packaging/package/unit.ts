import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const file = join(dirname(fileURLToPath(import.meta.url)), '../systemd/parbake-agent.service');

export interface AgentUnit {
  /** Node's options, without the startup snapshot. */
  options: string[];
  environment: Record<string, string>;
}

/** How the package's unit starts the agent. */
export function readAgentUnit(): AgentUnit {
  const unit = readFileSync(file, 'utf8');
  const options = /^ExecStart=\S+\/node (.*) \$PARBAKE_SNAPSHOT \S+\/parbake-agent\.mjs run$/m.exec(
    unit,
  )?.[1];
  if (options === undefined) throw new Error(`${file} does not start the agent as it is known here`);
  const settings = [...unit.matchAll(/^Environment=(.*)$/gm)].flatMap(([, line = '']) => line.split(' '));
  return {
    options: options.split(' '),
    environment: Object.fromEntries(settings.map((setting) => setting.split('=') as [string, string])),
  };
}
