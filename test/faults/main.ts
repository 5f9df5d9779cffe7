import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../testbed/command.ts';
import { postgresMissing } from '../testbed/postgres.ts';
import type { Violation } from './checker.ts';
import { mutants, plant } from './mutants.ts';
import { runFaults, type Counts } from './run.ts';

const help = `Usage: npm run faults -- [--kills N] [--seed N] [--json]

Kills coordinators, PostgreSQL, callers and agents while they work, stops others for a while, cuts agents off in one way or
both, fills the disk, ends the sessions over which two coordinators tell each other, and checks what everybody saw: nothing that was acknowledged is lost, no instance has two users, no order is executed twice. Then it does the same
to coordinators with a mistake in them, each of which has to be noticed. Prints its seed, which draws the same faults again.

Options:
  --kills N  how often a coordinator is killed (default 100); PostgreSQL and callers a fifth as often each
  --seed N   draws the faults (default: another one each time)
  --json     prints one JSON document
`;

/** What `--json` prints. */
interface Document {
  kills: { coordinator: number; postgres: number; callers: number };
  violations: (Violation & { seed: number })[];
  mutants: { name: string; caught: boolean }[];
}

const root = join(import.meta.dirname, '../..');

async function main(args: readonly string[]): Promise<number> {
  const isJson = args.includes('--json');
  const numberOf = (name: string, otherwise: number): number =>
    args.includes(name) ? Number(args[args.indexOf(name) + 1]) : otherwise;
  const kills = numberOf('--kills', 100);
  const seed = numberOf('--seed', Math.floor(Math.random() * 2 ** 31));
  const known = ['--kills', '--seed', '--json'];
  const strange = args.find(
    (arg, at) => !known.includes(arg) && !/^--(kills|seed)$/.test(args[at - 1] ?? ''),
  );
  if (strange !== undefined || ![kills, seed].every((value) => Number.isInteger(value) && value >= 0)) {
    process.stderr.write(help);
    return strange === '--help' ? 0 : 2;
  }
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  const directory = mkdtempSync(join(tmpdir(), 'parbake-built-'));
  try {
    const document = await runAll(kills, seed, directory, stop.signal);
    process.stdout.write(isJson ? `${JSON.stringify(document)}\n` : text(document));
    const isSound = document.violations.length === 0 && document.mutants.every(({ caught }) => caught);
    return isSound ? 0 : 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function runAll(
  kills: number,
  seed: number,
  directory: string,
  signal: AbortSignal,
): Promise<Document> {
  const say = (what: string): void => void process.stderr.write(`${what}\n`);
  say(`seed ${seed}`);
  const program = await build(directory);
  const fifth = Math.ceil(kills / 5);
  const some = Math.ceil(fifth / 4);
  const few = { agents: fifth, frozenCoordinator: some, frozenAgents: some, partition: some };
  const missing = postgresMissing();
  if (missing !== undefined) say(`without PostgreSQL, which ${missing}`);
  const postgres = missing === undefined ? fifth : 0;
  // A third of the coordinators that are killed have their store in PostgreSQL.
  const onPostgres = postgres === 0 ? 0 : Math.floor(kills / 3);
  const onSqlite = { coordinator: kills - onPostgres, postgres: 0, callers: fifth, listeners: 0 };
  const shared = { coordinator: onPostgres, postgres, callers: 1, listeners: some, fullDisk: 0 };
  const isRoot = process.getuid?.() === 0;
  const runs: { where: string; counts: Counts }[] = [
    { where: 'SQLite', counts: { ...few, ...onSqlite, fullDisk: isRoot ? some : 0 } },
    ...(postgres === 0 ? [] : [{ where: 'PostgreSQL', counts: { ...few, ...shared } }]),
  ];
  const document: Document = {
    kills: {
      coordinator: runs.reduce((sum, { counts }) => sum + counts.coordinator, 0),
      postgres,
      callers: runs.reduce((sum, { counts }) => sum + counts.callers, 0),
    },
    violations: [],
    mutants: [],
  };
  for (const { where, counts } of runs) {
    const status = (what: string): void => say(`${where}: ${what}`);
    const found = await runFaults({ seed, counts, program, signal, status });
    document.violations.push(...found.map((violation) => ({ ...violation, seed })));
  }
  for (const mutant of mutants) {
    const { name, counts } = mutant;
    const place = join(directory, 'mutant');
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place);
    const found = await runFaults({
      ...{ seed, counts, signal, settling: 10_000, program: plant(mutant, place) },
      status: () => {},
    });
    say(`a coordinator that ${name}: ${found[0]?.what ?? 'NOT NOTICED'}`);
    document.mutants.push({ name, caught: found.length > 0 });
  }
  return document;
}

/** @returns the bundled coordinator, which starts several times as fast as the sources */
async function build(directory: string): Promise<string> {
  const dist = join(directory, 'dist');
  await command(process.execPath, [join(root, 'packaging/dev/build.mjs'), dist]);
  cpSync(join(root, 'package.json'), join(directory, 'package.json'));
  return join(dist, 'parbake-coordinator.js');
}

function text({ kills, violations, mutants: planted }: Document): string {
  const lines = [
    `killed: coordinator ${kills.coordinator}, PostgreSQL ${kills.postgres}, callers ${kills.callers}`,
    ...violations.map(({ invariant, what, seed }) => `VIOLATED: ${invariant}: ${what} (seed ${seed})`),
    ...planted.map(({ name, caught }) => `${caught ? 'caught' : 'MISSED'}: a coordinator that ${name}`),
  ];
  return `${lines.join('\n')}\n`;
}

process.exitCode = await main(process.argv.slice(2));
