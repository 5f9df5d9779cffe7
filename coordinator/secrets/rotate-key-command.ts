import { exitCodes } from '../../proto/errors/exit.ts';
import { command } from '../../proto/process/cli/command.ts';
import { flag, required, text } from '../../proto/process/cli/options.ts';
import { rotateKey } from './store-keys.ts';

export const rotateKeyCommand = command(
  {
    name: 'store rotate-key',
    summary: 'Add a new key for what orders set.',
    description: [
      'Puts a new key in front of the file that "serve --store-key" reads. The coordinator seals with the first key, and at its next start it seals with it whatever live assignments set. Restart it to use the new key.',
      'Older keys stay in the file: a request that is repeated is recognised by the key of its time. Remove a line by hand once no request from before the rotation is repeated any more, a day after the restart.',
    ].join('\n'),
    options: {
      storeKey: required(text('FILE', 'file of keys')),
      json: flag('print one JSON document'),
    },
    positionals: {},
    examples: ['parbake-coordinator store rotate-key --store-key /var/lib/parbake-coordinator-key/store.key'],
  },
  async ({ storeKey, json }, { stdout }) => {
    const keyId = await rotateKey(storeKey);
    stdout.write(
      json
        ? `${JSON.stringify({ keyId })}\n`
        : `key ${keyId} is the newest; restart the coordinator to use it\n`,
    );
    return exitCodes.done;
  },
);
