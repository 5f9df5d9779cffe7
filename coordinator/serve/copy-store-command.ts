import { existsSync } from 'node:fs';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { command } from '../../proto/process/cli/command.ts';
import { flag, required, text } from '../../proto/process/cli/options.ts';
import { copyStore } from '../store/sql/copy.ts';
import { openDatabase } from '../store/threads/open-database.ts';
import { placeOf } from './store-options.ts';

export const copyStoreCommand = command(
  {
    name: 'store copy',
    summary: 'Copy everything from one store to another.',
    description: [
      'Moves a coordinator from SQLite to PostgreSQL, or back. Stop the coordinator first: while one has either store open, nothing is copied. Then start it with the new store and the same --store-key.',
      'The new store must be empty. The old one is brought up to date, and otherwise left as it is.',
    ].join('\n'),
    options: { json: flag('print one JSON document') },
    positionals: {
      from: required(text('FROM', 'the store that there is')),
      to: required(text('TO', 'an empty one')),
    },
    examples: [
      'parbake-coordinator store copy sqlite:/var/lib/parbake-coordinator/coordinator.db postgres://parbake@db.example.com/parbake',
    ],
  },
  async ({ from, to, json }, { stdout }) => {
    const rows = await copy(from, to);
    stdout.write(
      json
        ? `${JSON.stringify({ rows })}\n`
        : `${rows} rows copied; start the coordinator with the new --store and the same --store-key\n`,
    );
    return exitCodes.done;
  },
);

async function copy(from: string, to: string): Promise<number> {
  const [source, target] = [placeOf(from), placeOf(to)];
  if (source.kind === 'sqlite' && !existsSync(source.path))
    throw new ParbakeError('FILE_UNREADABLE', `there is no store ${source.path}`);
  const opened = await openDatabase(source, 'write');
  try {
    const other = await openDatabase(target, 'write');
    try {
      return await copyStore(opened, other);
    } finally {
      await other.close();
    }
  } finally {
    await opened.close();
  }
}
