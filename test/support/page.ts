import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { durationOf, timeOf } from '../../proto/wire/time.ts';
import type { ReportRequest } from '../../proto/gen/parbake/v1/ReportRequest.ts';
import type { LoneCoordinator } from './lone-coordinator.ts';
import { report } from './report.ts';
import { unlessRequired } from './requirement.ts';

export const executablePath = '/usr/bin/chromium';
export const noBrowser = unlessRequired(existsSync(executablePath) ? undefined : `needs ${executablePath}`);

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Milliseconds; only a page that hangs takes that long. */
const patience = 120_000;

/** Opens a view in a tab of its own, and fails when the page threw or logged an error. */
export async function opened<T>(
  browser: Browser,
  url: string,
  look: (page: Page) => Promise<T>,
  options: BrowserContextOptions = {},
): Promise<T> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const problems: string[] = [];
  try {
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      // What the network does is the test's doing; a 404 is an answer.
      if (message.type() === 'error' && !/ERR_|status of 404/.test(message.text()))
        problems.push(message.text());
    });
    await page.goto(url);
    await page.locator('h1').waitFor();
    const result = await look(page);
    if (problems.length > 0) throw new Error(`the page has problems: ${problems.join('; ')}`);
    return result;
  } finally {
    await context.close();
  }
}

/** What keeps somebody from using the page, as axe sees it. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  // The debugger's protocol lets it in: the page's own policy would refuse a script.
  await page.evaluate(axe);
  const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`);
}

/** When the life of an instance in `reportLife` begins, in milliseconds since the epoch. */
export const lifeBegan = Date.now() - 10_000;

/**
 * Reports what an agent does of a boot and of a start, with samples.
 * @param name of the container
 * @param startMs how long the assignment took
 */
export async function reportLife(
  { agents }: Pick<LoneCoordinator, 'agents'>,
  instanceId: string,
  name: string,
  startMs: number,
): Promise<void> {
  const span = (spanId: string, parentId: string, step: string, fromMs: number, toMs: number) => ({
    spanId,
    parentId,
    name: step,
    startUnixNs: (lifeBegan + fromMs) * 1e6,
    endUnixNs: (lifeBegan + toMs) * 1e6,
    attributes: { 'container.name': name },
  });
  const batch: Partial<ReportRequest> = {
    spans: [
      span('1', '', 'prepare', 0, 400),
      { ...span('2', '1', 'container.start', 100, 400), containerIo: { diskReadBytes: 5e6 } },
      span('3', '', 'assignment', 1000, 1000 + startMs),
      span('4', '', 'inventory', 2000, 2500),
    ],
    pulls: [
      {
        ref: 'acme/web:1',
        sizeBytes: 1e6,
        duration: durationOf(10),
        layers: [{ digest: 'sha256:1', extractDuration: durationOf(5) }],
      },
    ],
    starts: [{ name, image: 'acme/web:1', createDuration: durationOf(5) }],
    samples: Array.from({ length: 20 }, (_, index) => ({
      container: '',
      startTime: timeOf(lifeBegan + index * 1000),
      duration: durationOf(1000),
      cpuDuration: durationOf(50 * index),
      io: { diskReadBytes: 1e6 * index },
    })),
  };
  await report(agents, instanceId, batch);
}
