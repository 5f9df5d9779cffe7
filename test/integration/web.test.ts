import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { durationOf } from '../../proto/wire/time.ts';
import type { InstanceDocument } from '../../coordinator/web/documents.ts';
import { startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { assign, release } from '../support/calls.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import {
  accessibilityProblems,
  executablePath,
  lifeBegan,
  noBrowser,
  opened,
  reportLife,
} from '../support/page.ts';

const hostile = '<img src=x onerror="document.title=1">\u001b[31m';

describe.skipIf(noBrowser !== undefined)(`the page ${noBrowser ?? ''}`, () => {
  let browser: Browser;
  let coordinator: LoneCoordinator;
  let assignmentId: string;

  beforeAll(async () => {
    coordinator = await startLoneCoordinator();
    // As root it has no sandbox; what it shows is ours.
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    for (const id of ['i-1', 'i-2']) {
      await readyAgent(coordinator, { instanceId: id, role: 'web' });
      await reportLife(coordinator, id, hostile, id === 'i-1' ? 50 : 250);
    }
    const { assignment } = await assign(coordinator.clients, {
      user: hostile,
      role: 'web',
      environment: 'main',
    });
    assignmentId = assignment?.assignmentId ?? '';
  });

  afterAll(async () => {
    await browser?.close();
    await coordinator?.close();
  });

  const at = <T>(
    path: string,
    look: (page: Page) => Promise<T>,
    options: BrowserContextOptions = {},
  ): Promise<T> => opened(browser, `${coordinator.url}/${path}`, look, options);

  /** Every view that has something to show. */
  const views = (): string[] => [
    ...['', '#/instances/i-1?step=2', `#/assignments/${assignmentId}`, '#/compare/i-1/i-2', '#/assignments'],
    ...['#/users', '#/slowest', '#/events', '#/search?q=main'],
  ];

  test('shows the fleet, and a new instance without being asked', async () => {
    await at('', async (page) => {
      await page.getByRole('row', { name: /^i-1 / }).waitFor();
      await page.getByText('live', { exact: true }).waitFor();
      await startSimulatedAgent(coordinator.agents, { instanceId: 'i-3', role: 'web' });
      await page.getByRole('row', { name: /^i-3 READY/ }).waitFor();
      await page.getByLabel('Id has').fill('i-2');
      await expect.poll(() => page.getByRole('row', { name: /^i-/ }).count()).toBe(1);
    });
  });

  test('answers first how long the user waited, and keeps doing so after the release', async () => {
    await readyAgent(coordinator, { instanceId: 'i-released', role: 'released' });
    const { assignment } = await assign(coordinator.clients, { user: 'frank', role: 'released' });
    await release(coordinator.clients, assignment?.assignmentId ?? '');
    await at('#/instances/i-released', async (page) => {
      await page
        .locator('main')
        .getByText(/^[\d.]+ ms: [\d.]+ ms \w+.*\.$/)
        .waitFor();
      await page.getByRole('link', { name: 'frank' }).waitFor();
      expect(await page.getByText('RELEASED').count()).toBeGreaterThan(0);
      await page
        .getByRole('group', { name: 'The assignment' })
        .getByRole('button', { name: /^Assign / })
        .waitFor();
    });
  });

  test('shows one instance: its assignment and how it became ready on axes of their own, with what the machine did', async () => {
    await at('#/instances/i-1', async (page) => {
      const ready = page.getByRole('group', { name: 'Until ready' });
      await ready.getByRole('button', { name: /^container\.start .* 300 ms/ }).waitFor();
      await expect.poll(() => ready.locator('canvas').count()).toBe(2);
      const axis = ready.locator('.ticks');
      const whole = await axis.textContent();
      await ready.getByRole('button', { name: 'Closer' }).click();
      await expect.poll(() => axis.textContent()).not.toBe(whole);
      expect(page.url()).toContain('ready=');
      await page.keyboard.press('0');
      await expect.poll(() => axis.textContent()).toBe(whole);
      await page.getByText('1 step that no user waited for').waitFor();
      await page.getByRole('row', { name: /checked_in CHECKED_IN/ }).waitFor();
    });
  });

  test('a stretch that is drawn is looked at closely, and its address shows the same', async () => {
    await at('#/instances/i-1', async (page) => {
      const step = page
        .getByRole('group', { name: 'Until ready' })
        .getByRole('button', { name: /^container\.start/ });
      await step.scrollIntoViewIfNeeded();
      const { x = 0, y = 0, width = 0, height = 0 } = (await step.locator('.track').boundingBox()) ?? {};
      await page.mouse.move(x + width * 0.4, y + height / 2);
      await page.mouse.down();
      await page.mouse.move(x + width * 0.6, y + height / 2, { steps: 4 });
      await page.mouse.up();
      await expect.poll(() => page.url()).toContain('ready=');
      expect(await step.getAttribute('aria-expanded')).toBe('false');
      const ticks = await page.getByRole('group', { name: 'Until ready' }).locator('.ticks').textContent();
      await page.reload();
      await expect
        .poll(() => page.getByRole('group', { name: 'Until ready' }).locator('.ticks').textContent())
        .toBe(ticks);
    });
  });

  test("an instance's steps are on the coordinator's clock, as its history is", async () => {
    const clock = { offset: durationOf(-3_600_000), uncertainty: durationOf(2) };
    await startSimulatedAgent(coordinator.agents, { instanceId: 'i-skewed', role: 'skewed', clock });
    await reportLife(coordinator, 'i-skewed', hostile, 250);
    const read = async (): Promise<InstanceDocument> =>
      (await (await fetch(`${coordinator.url}/api/v1/instances/i-skewed`)).json()) as InstanceDocument;
    await expect.poll(async () => (await read()).instance.clock).toMatchObject({ offsetMs: -3_600_000 });
    const { spans, samples } = await read();
    // Less than a rounding before zero is zero too.
    expect(spans.map(({ startUnixNs }) => Math.round(startUnixNs / 1e6 - lifeBegan + 3_600_000) + 0)).toEqual(
      [0, 100, 1000, 2000],
    );
    expect(samples[0]?.startMs).toBe(lifeBegan - 3_600_000);
    await at('#/instances/i-skewed', async (page) => {
      await page.getByText("60 min ahead of the coordinator's, to within 2.0 ms").waitFor();
      const zero = new Date(lifeBegan - 3_600_000).toISOString().slice(11, 23);
      await page.getByRole('group', { name: 'Until ready' }).getByText(`0 is ${zero} UTC`).waitFor();
    });
  });

  test('shows each pool: how many are ready, and who waits', async () => {
    await startSimulatedAgent(coordinator.agents, { instanceId: 'i-pool', role: 'pool' });
    await assign(coordinator.clients, { user: 'dave', role: 'pool' });
    const late = assign(coordinator.clients, { user: 'eve', role: 'pool' }, 60_000);
    await at('', async (page) => {
      const pools = page.getByRole('group', { name: 'Pools' });
      await pools.getByRole('row', { name: /^pool 1 assigned 1 / }).waitFor();
      await pools.getByRole('row', { name: /^web \d ready, 1 assigned 0 / }).waitFor();
    });
    await startSimulatedAgent(coordinator.agents, { instanceId: 'i-pool-2', role: 'pool' });
    expect((await late).assignment?.instanceId).toBe('i-pool-2');
  });

  test('two instances are compared from the first one, or by ticking both', async () => {
    const row = (page: Page) => page.getByRole('row', { name: /^assignment .*50 ms 250 ms \+200 ms/ });
    await at('#/instances/i-1', async (page) => {
      await page.getByLabel('With instance').fill('i-2');
      await page.getByRole('button', { name: 'Compare' }).click();
      await expect.poll(() => row(page).count()).toBe(1);
    });
    await at('', async (page) => {
      await page.getByLabel('Compare i-1', { exact: true }).check();
      await page.getByLabel('Compare i-2', { exact: true }).check();
      await page.getByRole('link', { name: 'Compare i-1 and i-2' }).click();
      await expect.poll(() => row(page).count()).toBe(1);
    });
  });

  test('a click on a step tells what is known about it', async () => {
    await at('#/instances/i-1', async (page) => {
      await page.getByRole('button', { name: /^container\.start/ }).click();
      const details = page.getByRole('complementary', { name: 'Details of the step' });
      await details.getByText('container: disk read').waitFor();
      await details.getByText('5.0 MB', { exact: true }).waitFor();
      await details.getByText('acme/web:1, 1.0 MB').waitFor();
      await details.getByRole('button', { name: 'Close', exact: true }).click();
      await expect.poll(() => details.count()).toBe(0);
    });
  });

  test('finds a user, an environment and an instance, and every view has a title', async () => {
    await at('', async (page) => {
      const box = page.getByLabel(/^Search users/);
      await box.fill('main');
      await box.press('Enter');
      await page.getByRole('row', { name: /<img src=x .* web main SERVING/ }).waitFor();
      expect(await page.title()).toBe('Search for main · Parbake');
      await box.fill('i-1');
      await box.press('Enter');
      await page
        .getByRole('group', { name: 'Instances' })
        .getByRole('row', { name: /^i-1 ASSIGNED/ })
        .waitFor();
      await page.getByRole('link', { name: assignmentId }).first().click();
      await expect.poll(() => page.title()).toBe(`${assignmentId} · Parbake`);
    });
  });

  test('says that there is nothing at an address, and why', async () => {
    await at('#/nonsense', async (page) => {
      await page.getByText('This page has no such view.').waitFor();
      expect(await page.title()).toBe('Not found · Parbake');
    });
    await at('#/instances/i-none', async (page) => {
      await page.getByText('INSTANCE_NOT_FOUND').waitFor();
      expect(await page.getByText('Loading').count()).toBe(0);
    });
  });

  test('what others named is text, whatever it looks like', async () => {
    await at('', async (page) => {
      await page.getByText('<img src=x onerror').first().waitFor();
      expect(await page.locator('main img').count()).toBe(0);
    });
    await at('#/instances/i-1', async (page) => {
      await page.getByText(hostile.slice(0, 18)).first().waitFor();
      expect(await page.locator('main img').count()).toBe(0);
      expect(await page.title()).toBe('i-1 · Parbake');
    });
  });

  test.each([
    ['light', 360],
    ['dark', 3840],
  ] as const)(
    'can be used by everybody, in %s, and fits a screen of %d pixels',
    async (colorScheme, width) => {
      for (const path of views()) {
        const look = async (page: Page): Promise<unknown[]> => {
          await page.locator('table, .panel').first().waitFor();
          const fits: unknown = await page.evaluate('document.documentElement.scrollWidth <= innerWidth');
          return [path, fits, await accessibilityProblems(page)];
        };
        expect(await at(path, look, { colorScheme, viewport: { width, height: 900 } })).toEqual([
          path,
          true,
          [],
        ]);
      }
    },
  );

  test('comes back by itself after the coordinator was away, and says how old its data is meanwhile', async () => {
    await at('', async (page) => {
      await page.getByText('live', { exact: true }).waitFor();
      await coordinator.restart('SIGTERM', async () => {
        await page.getByText('connecting…').waitFor();
        await page
          .getByText(/^The coordinator does not answer. What you see is .* old.$/)
          .first()
          .waitFor();
      });
      await page.getByText('live', { exact: true }).waitFor();
      await startSimulatedAgent(coordinator.agents, { instanceId: 'i-4', role: 'web' });
      await expect.poll(() => page.getByRole('row', { name: /^i-4 READY/ }).count()).toBe(1);
    });
  });
});
