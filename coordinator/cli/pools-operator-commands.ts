import { dirname, resolve } from 'node:path';
import { command } from '../../proto/process/cli/command.ts';
import { flag, preset, required, text } from '../../proto/process/cli/options.ts';
import { readRequiredText } from '../../proto/process/required-file.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { parsePoolFile } from '../../proto/pool/pool-file.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';
import { poolMessage } from './pool-message.ts';
import { listOptions, listText } from './listing.ts';
import { explainText, poolCells, poolDocument, poolHeader, poolTable } from './pool-text.ts';

const poolName = { pool: required(text('POOL', 'name of the pool')) };

export const applyPoolsCommand = command(
  {
    name: 'pools apply',
    summary: 'Make a pool as its file describes it.',
    description:
      'Makes or changes a pool (docs/pools.md). Every mistake in the file is reported at once, with line and column, before anything is changed. Variables of the form ${NAME} come from the environment.',
    options: { dryRun: flag('check the file, and change nothing'), ...connectionOptions },
    positionals: { file: required(text('FILE', 'pool file, such as pool.yaml')) },
    examples: ['parbake pools apply pool.yaml --dry-run'],
    settingsFile,
  },
  async (values, context) => {
    const file = parsePoolFile(await readRequiredText(values.file), values.file, context.env);
    const { userDataFile } = file.launch;
    const userData =
      userDataFile === undefined ? '' : await readRequiredText(resolve(dirname(values.file), userDataFile));
    const { pools } = await withCoordinator(values, context, ({ pools: api }) =>
      api.applyPools({ pools: [poolMessage(file, userData)], validateOnly: values.dryRun }),
    );
    context.stdout.write(
      values.json
        ? `${JSON.stringify({ dry_run: values.dryRun, pools: pools.map(poolDocument) })}\n`
        : poolTable(pools),
    );
    return exitCodes.done;
  },
);

export const listPoolsCommand = command(
  {
    name: 'pools list',
    summary: 'List the pools.',
    description: 'Lists the pools that the coordinator keeps filled, with what they have and want.',
    options: listOptions,
    positionals: {},
    examples: ['parbake pools list'],
    settingsFile,
  },
  async (values, context) => {
    const { pools } = await withCoordinator(values, context, ({ pools: api }) => api.listPools({}));
    context.stdout.write(
      listText(values, {
        header: poolHeader,
        items: pools,
        cellsOf: poolCells,
        document: () => ({ pools: pools.map(poolDocument) }),
      }),
    );
    return exitCodes.done;
  },
);

export const explainPoolCommand = command(
  {
    name: 'pools explain',
    summary: 'Say why a pool has this many instances.',
    description:
      'Prints each term of the size of a pool, and everything that keeps it from its target, with its code and until when it counts.',
    options: connectionOptions,
    positionals: poolName,
    examples: ['parbake pools explain web'],
    settingsFile,
  },
  async (values, context) => {
    const { pool } = await withCoordinator(values, context, ({ pools: api }) =>
      api.explainPool({ name: values.pool }),
    );
    if (pool === null) throw new ParbakeError('INTERNAL', 'the coordinator answered without a pool');
    context.stdout.write(values.json ? `${JSON.stringify(poolDocument(pool))}\n` : explainText(pool));
    return exitCodes.done;
  },
);

export const pausePoolCommand = command(
  {
    name: 'pools pause',
    summary: 'Launch nothing more for a pool, or go on.',
    description:
      'Launches nothing for a pool, and ends nothing of it that still works. Its instances are assigned as before.',
    options: {
      reason: preset(text('TEXT', 'shown to whoever looks at the pool'), 'paused by an operator'),
      resume: flag('end the pause'),
      ...connectionOptions,
    },
    positionals: poolName,
    examples: ['parbake pools pause web --reason "new network"', 'parbake pools pause web --resume'],
    settingsFile,
  },
  async (values, context) => {
    const { pool: name, reason, resume } = values;
    await withCoordinator(values, context, async ({ pools }) => {
      await (resume ? pools.resumePool({ name }) : pools.pausePool({ name, reason }));
    });
    const state = resume ? 'resumed' : 'paused';
    context.stdout.write(values.json ? `${JSON.stringify({ pool: name, state })}\n` : `${name}  ${state}\n`);
    return exitCodes.done;
  },
);

export const deletePoolCommand = command(
  {
    name: 'pools delete',
    summary: 'End the machines of a pool, and then the pool.',
    description:
      'Ends all machines of a pool but those with a user, which end with their assignment. Then the pool is gone.',
    options: connectionOptions,
    positionals: poolName,
    examples: ['parbake pools delete web'],
    settingsFile,
  },
  async (values, context) => {
    const { pool: name } = values;
    await withCoordinator(values, context, ({ pools }) => pools.deletePool({ name }));
    context.stdout.write(
      values.json ? `${JSON.stringify({ pool: name, state: 'deleting' })}\n` : `${name}  deleting\n`,
    );
    return exitCodes.done;
  },
);
