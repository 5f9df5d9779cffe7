import { parseArgs } from 'node:util';
import { performance } from 'node:perf_hooks';
import { reasonOf } from '../../proto/errors/cause.ts';
import { toParbakeError } from '../../proto/errors/errors.ts';
import { createScreen, type Screen } from './screen.ts';
import { role } from './machine-image.ts';
import { tellPreviewStory } from './preview.ts';
import { tellStory, type Story } from './story.ts';
import { packagingMissing } from '../support/requirement.ts';
import { sweepProcesses } from '../testbed/processes.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';

const help = `Usage: npm run demo -- [preview] [--json] [--keep] [--image REF]

Bakes an application into a machine image, clones it, and gives the clones to two users: on real Docker Engines
of its own, in about a minute. Removes everything at its end, also after Ctrl-C.

With "preview": a push to a branch gets an address through HAProxy and DNS, the next push takes it over, and the end of the
branch ends it. A program on this machine takes GitHub's place.

Options:
  --json         print one JSON document on stdout; what happens goes to stderr
  --keep         leave everything running until Ctrl-C, and say how to look around
  --image REF    an image of your own, with an HTTP server on a port that it EXPOSEs

Example:
  npm run demo -- --keep --image nginx:1.27
  npm run demo -- preview
`;

const signalCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

process.exit(await main());

async function main(): Promise<number> {
  let values;
  let positionals: string[];
  try {
    ({ values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        image: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (cause) {
    process.stderr.write(`demo: ${reasonOf(cause)}\n\n${help}`);
    return 2;
  }
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const isPreview = positionals[0] === 'preview';
  if (positionals.length > (isPreview ? 1 : 0)) {
    process.stderr.write(`demo: "${positionals.at(-1)}" is not a demo\n\n${help}`);
    return 2;
  }
  const missing = testbedMissing() ?? (isPreview ? packagingMissing([]) : undefined);
  if (missing !== undefined) {
    process.stderr.write(`demo: ${missing}\n`);
    return 2;
  }
  return await run({ ...values, tell: isPreview ? tellPreviewStory : tellStory });
}

interface DemoOptions {
  json: boolean;
  keep: boolean;
  image?: string | undefined;
  tell: (...story: Parameters<typeof tellStory>) => Promise<Told>;
}

/** A story that was told, with what --keep says about it. */
type Told = Pick<Story, 'coordinator'> & Partial<Pick<Story, 'instances' | 'image'>> & { document: object };

/** @returns the exit code, when everything that was started is gone again */
async function run({ json, keep, image, tell }: DemoOptions): Promise<number> {
  const out = json ? process.stderr : process.stdout;
  const screen = createScreen(out);
  const { signal, received } = catchSignals();
  const started = performance.now();
  let testbed: Testbed | undefined;
  let story: Promise<Told> | undefined;
  try {
    testbed = await createTestbed();
    story = tell(testbed, { image, spares: keep ? 1 : 0, isTerminal: process.stderr.isTTY }, screen, signal);
    const told = await Promise.race([story, aborted(signal)]);
    if (json) process.stdout.write(`${JSON.stringify(told.document)}\n`);
    screen.line();
    screen.line(`Done in ${((performance.now() - started) / 1000).toFixed(0)} s.`);
    if (keep) {
      howToLookAround(told, screen);
      await aborted(signal).catch(() => {});
    } else screen.line('npm run demo -- --keep leaves it running and says how to look around.');
    return 0;
  } catch (cause) {
    screen.clear();
    const code = received();
    if (code !== undefined) return code;
    const error = toParbakeError(cause);
    process.stderr.write(`\ndemo: ${error.message} [${error.code}]\n  ${error.action}\n`);
    return error.exitCode;
  } finally {
    screen.line(received() === undefined ? 'Cleaning up.' : 'Interrupted: cleaning up.');
    // What runs is ended first, so that a story that was broken off comes to its end soon.
    if (testbed !== undefined && signal.aborted) await sweepProcesses(testbed.directory);
    await story?.catch(() => {});
    await testbed?.close();
  }
}

/** A second Ctrl-C changes nothing: the clean-up is under way. */
function catchSignals() {
  const controller = new AbortController();
  let code: number | undefined;
  for (const [name, number] of Object.entries(signalCodes))
    process.on(name, () => {
      code ??= number;
      controller.abort();
    });
  return { signal: controller.signal, received: () => code };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(new Error('interrupted'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

function howToLookAround({ coordinator, instances = [], image }: Told, screen: Screen): void {
  const [first] = instances;
  screen.line('Everything is left running until Ctrl-C. In another terminal:');
  screen.line();
  screen.line(`export PARBAKE_COORDINATOR=${coordinator.address}`);
  screen.line('npm run -s parbake -- instances');
  if (image === undefined) screen.line('npm run -s parbake -- previews list --all');
  if (first === undefined || image === undefined) return;
  screen.line(`npm run -s parbake -- show ${first.instanceId}`);
  screen.line(`npm run -s parbake -- assign --user carol --role ${role}`);
  screen.line('npm run -s parbake -- advise');
  screen.line(`docker --host unix://${first.engine.socket} ps`);
  screen.line(`curl http://${first.engine.address}:${image.port}/`);
  screen.line(`http://${coordinator.pageAddress}/ in a browser`);
  screen.line(`grpcurl -plaintext ${coordinator.address} list`);
}
