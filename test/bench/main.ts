import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { createTestbed, testbedMissing } from '../testbed/testbed.ts';
import { benchAgent } from './agent.ts';
import { apps, largeImage } from './apps.ts';
import { benchBake } from './bake.ts';
import { benchAssign } from './assign.ts';
import { installedApps } from './lazy-apps.ts';
import { benchLazy } from './lazy.ts';
import { plot } from './plot.ts';
import { benchStart } from './start.ts';
import { report } from './report.ts';
import type { BenchDocument } from './document.ts';

const parts = ['start', 'assign', 'lazy', 'agent'] as const;
/** Beside them only when they are named: they take as long as all the others. */
const named = ['bake'] as const;
type Part = (typeof parts)[number] | (typeof named)[number];
const help = `Usage: npm run bench -- [PART ...] [--json] [--rounds N]

Measures on Docker Engines of its own, and prints medians, p99 and ratios of this one run.

Parts (all when none is named):
  start    pull and run, docker run, created and started, unpaused, gate, hold; runc and fork+exec as limits
  assign   Assign to the first answer, through coordinator, durable store and agent; by itself also with attestation
  lazy     a lazily loaded disk: cold, replayed, warm; dockerd with many images
  agent    exec to check-in; memory and processor time of the idle agent, by itself also without its samples

Only when it is named:
  bake     docker pull and bake of the same images, in turn, with caches dropped; the bake reads every byte from the disk
           (rounds default to 5; --big N is the size of the big image in MiB, default 512)

By itself, with options of its own:
  retention  a month of a fleet's reports in a store on disk (npm run bench -- retention --help)
  fleet      a coordinator with thousands of light agents (npm run bench -- fleet --help)
  routes     how soon a name is visible, and from a push to an address (npm run bench -- routes --help)

Options:
  --json       print one JSON document
  --plot FILE  draw start and lazy as SVG
  --from FILE  measure nothing: report what --json printed before
  --rounds N   rounds of what takes less than a second (default 20)
`;

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(help);
    return 0;
  }
  const isJson = args.includes('--json');
  const at = args.indexOf('--rounds');
  const given = at < 0 ? undefined : Number(args[at + 1]);
  const big = Number(valueOf(args, '--big') ?? 512);
  const plotFile = valueOf(args, '--plot');
  const fromFile = valueOf(args, '--from');
  const words = args.filter((arg, index) => !arg.startsWith('--') && !withValue.has(args[index - 1] ?? ''));
  const all: readonly Part[] = [...parts, ...named];
  const unknown = words.find((name) => !all.some((part) => part === name));
  const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;
  if (unknown !== undefined || !isCount(given ?? 1) || !isCount(big)) {
    process.stderr.write(
      unknown === undefined ? '--rounds and --big take a number from 1\n' : `no part "${unknown}"\n\n${help}`,
    );
    return 2;
  }
  const missing = fromFile === undefined ? testbedMissing() : undefined;
  if (missing !== undefined) {
    process.stderr.write(`the bench ${missing}\n`);
    return 2;
  }
  const chosen: readonly Part[] = words.length === 0 ? parts : all.filter((part) => words.includes(part));
  const document =
    fromFile === undefined
      ? await measure(chosen, { rounds: given ?? 20, bakeRounds: given ?? 5, big })
      : (JSON.parse(readFileSync(fromFile, 'utf8')) as BenchDocument);
  if (plotFile !== undefined) writeFileSync(plotFile, plot(document));
  process.stdout.write(isJson ? `${JSON.stringify(document)}\n` : report(document));
  return 0;
}

const withValue = new Set(['--rounds', '--plot', '--from', '--big']);

function valueOf(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}

interface Amounts {
  rounds: number;
  bakeRounds: number;
  /** MiB. */
  big: number;
}

async function measure(
  chosen: readonly Part[],
  { rounds, bakeRounds, big }: Amounts,
): Promise<BenchDocument> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  const { signal } = stop;
  const status = (text: string): void =>
    void process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
  const all = [...apps, ...(await installedApps())];
  const [httpd] = apps;
  if (httpd === undefined) throw new Error('there is no application to measure');
  const large = largeImage(all.filter((app) => app !== httpd));
  const document: BenchDocument = { machine: machine() };
  const testbed = await createTestbed();
  try {
    if (chosen.includes('start'))
      document.start = await benchStart({ testbed, apps: [...all, large], rounds, signal, status });
    if (chosen.includes('assign'))
      document.assign = {
        app: large.name,
        ...(await benchAssign({
          testbed,
          app: large,
          rounds: rounds * 2,
          isAttestedToo: chosen.length === 1,
          onRound: (round) => {
            signal.throwIfAborted();
            status(`assign ${round} of ${rounds * 2}`);
          },
        })),
      };
    if (chosen.includes('lazy'))
      Object.assign(
        document,
        await benchLazy({
          testbed,
          apps: all,
          rounds: Math.ceil(rounds * 0.6),
          coldRounds: 3,
          imageCounts: [1, 50, 200],
          signal,
          status,
        }),
      );
    if (chosen.includes('bake'))
      document.bake = await benchBake({ testbed, rounds: bakeRounds, bigMiB: big, signal, status });
    if (chosen.includes('agent'))
      document.agent = await benchAgent({
        testbed,
        app: httpd,
        rounds: 10,
        idleMs: 30_000,
        // The whole shall take less than 15 minutes.
        isWithoutSamplesToo: chosen.length === 1,
        status,
      });
  } finally {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    await testbed.close();
  }
  return document;
}

export function machine(): BenchDocument['machine'] {
  const dockerd = ['/usr/sbin/dockerd', '/usr/bin/dockerd'].find((path) => existsSync(path)) ?? 'dockerd';
  const docker = /version ([\w.+~-]+)/.exec(execFileSync(dockerd, ['--version'], { encoding: 'utf8' }))?.[1];
  return {
    cpus: cpus().length,
    memory_gib: Math.round(totalmem() / 1024 ** 3),
    // The plain version, without what a distribution adds to it.
    kernel: release().split('-')[0] ?? '',
    docker: docker ?? 'unknown',
  };
}

process.exitCode = await main(process.argv.slice(2));
