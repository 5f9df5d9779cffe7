import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportPage } from '../../agent/bake/report/page.ts';
import { aBake, aLayer, aManifest, anImage } from '../support/baked-examples.ts';
import { unlessRequired } from '../support/requirement.ts';
import type { Baked } from '../../agent/bake/request.ts';

const executablePath = '/usr/bin/chromium';
const missing = unlessRequired(existsSync(executablePath) ? undefined : `needs ${executablePath}`);

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const hostile =
  '</style></title><script>document.title=1</script><img src=x onerror="document.title=2">"\'&\u001b[31m';
const long = `registry.example.com/${'a-long-name/'.repeat(12)}app:1.4.2-${'z'.repeat(60)}`;
const layers = Array.from({ length: 14 }, (_, index) =>
  aLayer({
    downloadMs: 40 * index,
    extractMs: 900 - 60 * index,
    sizeBytes: 10 ** (index % 9),
    cached: index === 3,
  }),
);

/** With everything that a page can show, some of it written by an enemy. */
const whole: Baked = {
  ...aBake([
    anImage({
      ref: long,
      layers,
      retries: [{ at: '', code: 'IMAGE_PULL_FAILED', reason: hostile, waitMs: 730 }],
      sbom: [{ source: 'attestation', type: hostile, digest: `sha256:${'f'.repeat(64)}` }],
    }),
    anImage({ ref: hostile, pullMs: 900 }),
    anImage({ ref: 'redis:7', pullMs: 0, layers: [aLayer({ cached: true })] }),
  ]),
  warnings: [{ code: 'IMAGE_UNPINNED', message: `${hostile} ${long}` }],
};
const { builder } = whole.manifest;
whole.manifest = aManifest({
  ...whole.manifest,
  builder: { ...builder, kernel: hostile, system: { name: hostile } },
  atBoot: [{ ref: long, digest: `sha256:${'f'.repeat(64)}` }],
  roles: [
    {
      name: 'web',
      containers: [
        { name: 'app', image: hostile, prepare: 'gate', ports: [], ready: { kind: 'started' }, userEnv: [] },
      ],
    },
  ],
});

describe.skipIf(missing !== undefined)(`the page of a bake ${missing ?? ''}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-page-'));
  const file = join(directory, 'bake.html');
  let browser: Browser;

  beforeAll(async () => {
    writeFileSync(file, reportPage(whole));
    // As root it has no sandbox; what it shows is ours.
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function open(
    colorScheme: 'light' | 'dark',
    width: number,
  ): Promise<{ page: Page; requests: string[]; errors: string[] }> {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
    const requests: string[] = [];
    const errors: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('pageerror', (cause) => errors.push(String(cause)));
    await page.goto(pathToFileURL(file).href);
    return { page, requests, errors };
  }

  test.each([
    ['light', 360],
    ['light', 1280],
    ['dark', 360],
    ['dark', 1280],
  ] as const)('%s and %d px wide: nothing is cut off, and everybody can read it', async (scheme, width) => {
    const { page } = await open(scheme, width);
    for (const details of await page.locator('summary').all()) await details.click();
    const wide = await page
      .locator('body *')
      .evaluateAll(
        (all, right) =>
          all
            .filter((one) => one.getBoundingClientRect().right > right)
            .map((one) => one.outerHTML.slice(0, 120)),
        width + 1,
      );
    expect(wide).toEqual([]);
    await page.addScriptTag({ content: axe });
    const found = (await page.evaluate('axe.run()')) as {
      violations: { id: string; nodes: { html: string }[] }[];
    };
    expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
    await page.close();
  });

  test('what others wrote is text, and nothing is loaded or run', async () => {
    const { page, requests, errors } = await open('light', 1280);
    expect(requests).toEqual([pathToFileURL(file).href]);
    expect(errors).toEqual([]);
    expect(await page.title()).toBe('Bake of 2026-11-20');
    expect(await page.locator('script, img, link, iframe, object').count()).toBe(0);
    const shown = hostile.replace('\u001b', '\u{fffd}');
    expect(await page.locator('h3').nth(1).textContent()).toBe(shown);
    expect(await page.locator('.warnings').textContent()).toContain(shown);
    await page.close();
  });

  test('bars are as long as what they stand for', async () => {
    const { page } = await open('light', 1280);
    const widths = async (of: string): Promise<number[]> =>
      await page.locator(of).evaluateAll((bars) => bars.map((one) => one.getBoundingClientRect().width));
    const [first = 0, second = 0] = await widths('.bar .rest');
    expect(second / first).toBeCloseTo(900 / 4210, 1);
    const [longest] = await page
      .locator('.image')
      .first()
      .locator('.layers .bar')
      .evaluateAll((bars) =>
        bars.map(
          (one) =>
            [...one.children].reduce((sum, part) => sum + part.getBoundingClientRect().width, 0) /
            one.getBoundingClientRect().width,
        ),
      );
    expect(longest).toBeCloseTo(1, 1);
    await page.close();
  });
});
