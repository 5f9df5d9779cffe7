import { command } from '../../proto/process/cli/command.ts';
import { statusDeclaration } from './declarations.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import type { AgentStatus } from './agent-status.ts';
import type { ShownSetting } from './shown-settings.ts';
import { readStatus } from './status-socket.ts';

export const statusCommand = command(statusDeclaration, async (values, context) => {
  const status = await readStatus(values.socket);
  context.stdout.write(values.json ? `${JSON.stringify(status)}\n` : statusText(status));
  return exitCodes.done;
});

/** For a person: what the agent does, then each setting with where it comes from. */
export function statusText({ settings, ...status }: AgentStatus): string {
  const lines = Object.entries(status).map(([name, value]) =>
    `${name.padEnd(18)} ${String(value)}`.trimEnd(),
  );
  const width = (of: (setting: ShownSetting) => string): number =>
    Math.max(0, ...settings.map((setting) => of(setting).length));
  const [names, values] = [
    width(({ name }) => name),
    Math.min(
      40,
      width(({ value }) => value),
    ),
  ];
  const rows = settings.map(
    ({ name, value, where }) =>
      `  ${name.padEnd(names)}  ${(value || '-').padEnd(values)}  ${where || 'default'}`,
  );
  return [...lines, ...(rows.length === 0 ? [] : ['settings', ...rows]), ''].join('\n');
}
