import { command } from '../../proto/process/cli/command.ts';
import { flag, required, text } from '../../proto/process/cli/options.ts';
import { connectionOptions, settingsFile } from './client.ts';
import { lostEffect, retireEffect } from './instance-effect.ts';
import { operate } from './operate.ts';

export const retireCommand = command(
  {
    name: 'retire',
    summary: 'End the life of an instance.',
    description:
      'Ends the life of an instance in Parbake; its assignment, if it has one, is released first. First says what will happen. The machine itself runs on until you end it.',
    options: {
      lost: flag('the machine does not run: its assignment fails, or moves as on_loss of its role says'),
      dryRun: flag('say what would happen, and change nothing'),
      ...connectionOptions,
    },
    positionals: { instance: required(text('INSTANCE', 'instance id')) },
    examples: ['parbake retire i-0123456789abcdef0 --dry-run', 'parbake retire i-0123456789abcdef0 --lost'],
    settingsFile,
  },
  (values, context) => {
    const { lost } = values;
    return operate(
      values,
      {
        effectOn: lost ? lostEffect : retireEffect,
        call: ({ fleet }, instanceId) => fleet.retireInstance({ instanceId, lost }),
      },
      context,
    );
  },
);
