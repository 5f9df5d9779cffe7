import { exitCodes } from '../../proto/errors/exit.ts';
import { command } from '../../proto/process/cli/command.ts';
import { duration, text } from '../../proto/process/cli/options.ts';
import { millisecondsOf, timeOf } from '../../proto/wire/time.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';

export const joinTokenCommand = command(
  {
    name: 'join-token create',
    summary: 'Make a token that admits one instance once.',
    description:
      'Prints a token that an instance outside EC2 proves itself with (parbake-agent run --attest join-token:FILE). The coordinator keeps only its hash, so it is shown once.',
    options: {
      instance: text('INSTANCE', 'the only instance that it admits (default: any)'),
      ttl: duration('how long it is valid (default 10m)', { min: 1_000, max: 7 * 86_400_000 }),
      ...connectionOptions,
    },
    positionals: {},
    examples: ['parbake join-token create --instance rack-7 --ttl 1h > token'],
    settingsFile,
  },
  async ({ instance = '', ttl, json, ...values }, context) =>
    await withCoordinator(values, context, async ({ trust }) => {
      const { joinToken, expireTime } = await trust.createJoinToken({
        instanceId: instance,
        ttl: ttl === undefined ? null : timeOf(ttl),
      });
      const document = {
        join_token: joinToken,
        expire_time: new Date(millisecondsOf(expireTime) ?? 0).toISOString(),
      };
      context.stdout.write(json ? `${JSON.stringify(document)}\n` : `${joinToken}\n`);
      return exitCodes.done;
    }),
);
