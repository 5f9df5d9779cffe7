import { exitCodes } from '../../proto/errors/exit.ts';
import { command } from '../../proto/process/cli/command.ts';
import { preset, required, text } from '../../proto/process/cli/options.ts';
import { printable } from '../insight/format.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';

const positionals = { instance: required(text('INSTANCE', 'instance id')) };

export const lockCommand = command(
  {
    name: 'lock',
    summary: 'Accept no certificate of an instance any more.',
    description:
      'For an instance whose key may be stolen. Its calls end at once, and it stays out until it is readmitted. Its containers go on: retire it to end its assignment.',
    options: { reason: preset(text('TEXT', 'why, for whoever looks at it later'), ''), ...connectionOptions },
    positionals,
    examples: ['parbake lock i-0123456789abcdef0 --reason "snapshot was shared"'],
    settingsFile,
  },
  async ({ instance: instanceId, reason, json, ...values }, context) =>
    await withCoordinator(values, context, async ({ trust }) => {
      await trust.lockInstance({ instanceId, reason });
      context.stdout.write(said({ instance_id: instanceId, state: 'LOCKED' }, json));
      return exitCodes.done;
    }),
);

export const readmitCommand = command(
  {
    name: 'readmit',
    summary: 'Let an instance prove itself again, once with another key.',
    description: 'For an instance that was locked, or that lost its key.',
    options: connectionOptions,
    positionals,
    examples: ['parbake readmit i-0123456789abcdef0'],
    settingsFile,
  },
  async ({ instance: instanceId, json, ...values }, context) =>
    await withCoordinator(values, context, async ({ trust }) => {
      await trust.readmitInstance({ instanceId });
      context.stdout.write(said({ instance_id: instanceId, state: 'READMITTED' }, json));
      return exitCodes.done;
    }),
);

function said(document: { instance_id: string; state: string }, isJson: boolean): string {
  if (isJson) return `${JSON.stringify(document)}\n`;
  return `${printable(document.instance_id)}  ${document.state}\n`;
}
