import { command } from '../../proto/process/cli/command.ts';
import { flag, required, text } from '../../proto/process/cli/options.ts';
import { connectionOptions, settingsFile } from './client.ts';
import { drainEffect } from './instance-effect.ts';
import { operate } from './operate.ts';

export const drainCommand = command(
  {
    name: 'drain',
    summary: 'Take an instance out of its pool.',
    description:
      'Gives an instance no new assignment, and retires it: at once, or when the assignment that it has ends. First says what will happen.',
    options: { dryRun: flag('say what would happen, and change nothing'), ...connectionOptions },
    positionals: { instance: required(text('INSTANCE', 'instance id')) },
    examples: ['parbake drain i-0123456789abcdef0'],
    settingsFile,
  },
  (values, context) =>
    operate(
      values,
      { effectOn: drainEffect, call: ({ fleet }, instanceId) => fleet.drainInstance({ instanceId }) },
      context,
    ),
);
