import { reasonOf } from '../../proto/errors/cause.ts';
import { crashPoints, holdsAt } from '../support/pool-crash-points.ts';
import { mutants, type Mutant } from './mutants.ts';
import { runSchedule } from './schedule.ts';

const usage = `usage: npm run pool-faults [-- --json] [--schedules N] [--seed N]

Kills coordinators at every crash point of a launch, and runs N seeded schedules (default 60) of kills, lost answers, wrong
listings, dry zones and changes against the pools of two coordinators. Then it takes one rule at a time away, and each such
mutant must be noticed. Exits with 1 when a point does not hold, a schedule is violated, a mutant is missed, or too many
machines are bought that nobody uses.
`;

/** Per cent of the machines that no user ever had, at most: a mutant may only waste. */
const wasteBar = 30;
/** Schedules in which a mutant must show. */
const mutantSchedules = 40;
/** Schedules that once found something are run each time. */
const knownSeeds = [1088, 1117];

interface Sum {
  violations: string[];
  wastePercent: number;
}

const args = process.argv.slice(2);
const numberOf = (option: string, usual: number): number => {
  const at = args.indexOf(option);
  return at < 0 ? usual : Number(args[at + 1]);
};
const [schedules, seed] = [numberOf('--schedules', 60), numberOf('--seed', 1)];
if (args.includes('--help') || !Number.isInteger(schedules) || !Number.isInteger(seed)) {
  process.stderr.write(usage);
  process.exitCode = args.includes('--help') ? 0 : 2;
} else process.exitCode = await main();

async function main(): Promise<number> {
  const points: { name: string; held: boolean }[] = [];
  for (const point of crashPoints) {
    const problem = await holdsAt(point).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    if (problem !== undefined) process.stderr.write(`${point.name}: ${reasonOf(problem)}\n`);
    points.push({ name: point.name, held: problem === undefined });
  }
  const known: string[] = [];
  for (const at of knownSeeds) known.push(...(await run(at, 1)).violations);
  const { violations: found, wastePercent } = await run(seed, schedules);
  const violations = [...known, ...found];
  const caught: { name: string; caught: boolean }[] = [];
  for (const mutant of mutants) caught.push({ name: mutant.name, caught: await isCaught(mutant) });
  const document = { points, schedules, seed, violations, waste_percent: wastePercent, mutants: caught };
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify(document)}\n`);
  else print(document);
  const isHeld = points.every(({ held }) => held) && violations.length === 0 && wastePercent <= wasteBar;
  return isHeld && caught.every((each) => each.caught) ? 0 : 1;
}

/** @param until ends early once it holds */
async function run(
  first: number,
  count: number,
  mutant?: Mutant,
  until: (sum: Sum) => boolean = () => false,
): Promise<Sum> {
  const sum: Sum = { violations: [], wastePercent: 0 };
  let [launched, used] = [0, 0];
  for (let at = first; at < first + count && !until(sum); at++) {
    const ran = await runSchedule(at, mutant);
    for (const what of ran.violations) sum.violations.push(`seed ${at}: ${what}`);
    launched += ran.launched;
    used += ran.used;
    sum.wastePercent = Math.round((1000 * (launched - used)) / Math.max(1, launched)) / 10;
  }
  return sum;
}

async function isCaught(mutant: Mutant): Promise<boolean> {
  const { violations, wastePercent } = await run(
    seed,
    mutantSchedules,
    mutant,
    (sum) => sum.violations.length > 0,
  );
  return violations.length > 0 || wastePercent > wasteBar;
}

function print({ points, schedules: count, violations, waste_percent: waste, mutants: all }: Printed): void {
  const lines = [
    ...points.map(({ name, held }) => `${held ? 'held' : 'BROKEN'}  ${name}`),
    `${violations.length === 0 ? 'held' : 'BROKEN'}  ${count} schedules; ${waste} % of the machines had no user (at most ${wasteBar} %)`,
    ...violations.map((what) => `BROKEN  ${what}`),
    ...all.map(({ name, caught }) => `${caught ? 'caught' : 'MISSED'}  mutant: ${name}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

interface Printed {
  points: { name: string; held: boolean }[];
  schedules: number;
  violations: string[];
  waste_percent: number;
  mutants: { name: string; caught: boolean }[];
}
