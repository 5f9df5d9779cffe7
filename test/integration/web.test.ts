import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { durationOf, timeOf } from '../../proto/wire/time.ts';
import { startCoordinatorProcess } from '../testbed/coordinator-process.ts';
import type { InstanceDocument } from '../../coordinator/web/documents.ts';
import type { ReportRequest } from '../../proto/gen/parbake/v1/ReportRequest.ts';
import { startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { assign } from '../support/calls.ts';
import { unlessRequired } from '../support/requirement.ts';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { report } from '../support/report.ts';

const executablePath = '/usr/bin/chromium';
const missing = unlessRequired(existsSync(executablePath) ? undefined : `needs ${executablePath}`);

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const hostile = '<img src=x onerror="document.title=1">\u001b[31m';
/** Milliseconds; only a page that hangs takes that long. */
const patience = 120_000;
const begun = Date.now() - 10_000;

describe.skipIf(missing !== undefined)(`the page ${missing ?? ''}`, () => {
  let browser: Browser;
  let coordinator: LoneCoordinator;

  beforeAll(async () => {
    coordinator = await startLoneCoordinator();
    // As root it has no sandbox; what it shows is ours.
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    for (const id of ['i-1', 'i-2']) {
      await readyAgent(coordinator, { instanceId: id, role: 'web' });
      await reportLife(id);
    }
    await assign(coordinator.clients, { user: hostile, role: 'web' });
  });

  afterAll(async () => {
    await browser?.close();
    await coordinator?.close();
  });

  /** What an agent reports of a boot and a start, with samples. */
  async function reportLife(instanceId: string): Promise<void> {
    const span = (spanId: string, parentId: string, name: string, fromMs: number, toMs: number) => ({
      spanId,
      parentId,
      name,
      startUnixNs: (begun + fromMs) * 1e6,
      endUnixNs: (begun + toMs) * 1e6,
      attributes: { 'container.name': hostile },
    });
    const batch: Partial<ReportRequest> = {
      spans: [
        span('1', '', 'prepare', 0, 400),
        { ...span('2', '1', 'container.start', 100, 400), containerIo: { diskReadBytes: 5e6 } },
        span('3', '', 'assignment', 1000, instanceId === 'i-1' ? 1050 : 1250),
      ],
      pulls: [
        {
          ref: 'acme/web:1',
          sizeBytes: 1e6,
          duration: durationOf(10),
          layers: [{ digest: 'sha256:1', extractDuration: durationOf(5) }],
        },
      ],
      starts: [{ name: 'app', image: 'acme/web:1', createDuration: durationOf(5) }],
      samples: Array.from({ length: 20 }, (_, index) => ({
        container: '',
        startTime: timeOf(begun + index * 1000),
        duration: durationOf(1000),
        cpuDuration: durationOf(50 * index),
        io: { diskReadBytes: 1e6 * index },
      })),
    };
    await report(coordinator.agents, instanceId, batch);
  }

  async function opened<T>(
    path: string,
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
        if (message.type() === 'error' && !message.text().includes('ERR_')) problems.push(message.text());
      });
      await page.goto(`${coordinator.url}/${path}`);
      await page.locator('h1').waitFor();
      const result = await look(page);
      expect(problems).toEqual([]);
      return result;
    } finally {
      await context.close();
    }
  }

  test('shows the fleet, and a new instance without being asked', async () => {
    await opened('', async (page) => {
      await page.getByRole('row', { name: /^i-1 / }).waitFor();
      await page.getByText('live', { exact: true }).waitFor();
      await startSimulatedAgent(coordinator.agents, { instanceId: 'i-3', role: 'web' });
      await page.getByRole('row', { name: /^i-3 READY/ }).waitFor();
      await page.getByLabel('Id has').fill('i-2');
      await expect.poll(() => page.getByRole('row', { name: /^i-/ }).count()).toBe(1);
    });
  });

  test('shows one instance: timeline, charts, containers, images, history', async () => {
    await opened('#/instances/i-1', async (page) => {
      const timeline = page.getByRole('group', { name: 'Timeline' });
      await timeline.getByRole('button', { name: /^container\.start .* 300 ms/ }).waitFor();
      await expect.poll(() => page.locator('figure canvas').count()).toBe(2);
      const axis = timeline.locator('.ticks span').last();
      const whole = await axis.textContent();
      await timeline.getByRole('button', { name: /^assignment .*ms/ }).click();
      await expect.poll(() => axis.textContent()).not.toBe(whole);
      await page.keyboard.press('0');
      await expect.poll(() => axis.textContent()).toContain('+');
      await page.getByRole('row', { name: /checked_in CHECKED_IN/ }).waitFor();
    });
  });

  test("an instance's timeline and charts are on the coordinator's clock, as its history is", async () => {
    const clock = { offset: durationOf(-3_600_000), uncertainty: durationOf(2) };
    await startSimulatedAgent(coordinator.agents, { instanceId: 'i-skewed', role: 'skewed', clock });
    await reportLife('i-skewed');
    const answer = await (await fetch(`${coordinator.url}/api/v1/instances/i-skewed`)).json();
    const { spans, samples } = answer as InstanceDocument;
    // Less than a rounding before zero is zero too.
    expect(spans.map(({ startUnixNs }) => Math.round(startUnixNs / 1e6 - begun + 3_600_000) + 0)).toEqual([
      0, 100, 1000,
    ]);
    expect(samples[0]?.startMs).toBe(begun - 3_600_000);
    await opened('#/instances/i-skewed', async (page) => {
      await page.getByText("60 min ahead of the coordinator's, to within 2.0 ms").waitFor();
      const first = page.getByRole('group', { name: 'Timeline' }).locator('.ticks span').first();
      // The window begins a little before its first step.
      expect(await first.textContent()).toBe(new Date(begun - 3_600_000 - 12.5).toISOString().slice(11, 23));
    });
  });

  test('shows each pool: how many are ready, and who waits', async () => {
    await startSimulatedAgent(coordinator.agents, { instanceId: 'i-pool', role: 'pool' });
    await assign(coordinator.clients, { user: 'dave', role: 'pool' });
    const late = assign(coordinator.clients, { user: 'eve', role: 'pool' }, 60_000);
    await opened('', async (page) => {
      const pools = page.getByRole('group', { name: 'Pools' });
      await pools.getByRole('row', { name: /^pool 1 assigned 1 / }).waitFor();
      await pools.getByRole('row', { name: /^web \d ready, 1 assigned 0 / }).waitFor();
    });
    await startSimulatedAgent(coordinator.agents, { instanceId: 'i-pool-2', role: 'pool' });
    expect((await late).assignment?.instanceId).toBe('i-pool-2');
  });

  test('two instances are compared from the first one', async () => {
    await opened('#/instances/i-1', async (page) => {
      await page.getByLabel('With instance').fill('i-2');
      await page.getByRole('button', { name: 'Compare' }).click();
      const row = page.getByRole('row', { name: /^assignment .*50 ms 250 ms \+200 ms/ });
      await expect.poll(() => row.count()).toBe(1);
    });
  });

  test('a step tells what its container itself moved', async () => {
    await opened('#/instances/i-1', async (page) => {
      const row = page.locator('button.row[title*="the container itself, disk read: 5.0 MB"]');
      await row.waitFor();
      expect(await row.textContent()).toContain('container.start');
    });
  });

  test('what others named is text, whatever it looks like', async () => {
    await opened('', async (page) => {
      await page.getByText('<img src=x onerror').first().waitFor();
      expect(await page.locator('main img').count()).toBe(0);
    });
    await opened('#/instances/i-1', async (page) => {
      await page.getByText(hostile.slice(0, 18)).first().waitFor();
      expect(await page.locator('main img').count()).toBe(0);
      expect(await page.title()).toBe('Parbake');
    });
  });

  test.each(['light', 'dark'] as const)('can be used by everybody, in %s', async (colorScheme) => {
    for (const path of ['', '#/instances/i-1', '#/compare/i-1/i-2']) {
      const violations = await opened(
        path,
        async (page) => {
          await page.locator('table, .waterfall').first().waitFor();
          // By the debugger's protocol: the page's own policy would let no script in.
          await page.evaluate(axe);
          return await page.evaluate(async () => {
            const { axe: tool } = globalThis as unknown as { axe: AxeTool };
            const { violations: found } = await tool.run();
            return found.map(
              ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`,
            );
          });
        },
        { colorScheme },
      );
      expect(violations).toEqual([]);
    }
  });

  test.each([360, 3840])('fits a screen of %d pixels', async (width) => {
    for (const path of ['', '#/instances/i-1', '#/compare/i-1/i-2']) {
      await opened(
        path,
        async (page) => {
          await page.locator('table, .waterfall').first().waitFor();
          const widths: unknown = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]');
          const [needed, there] = widths as [number, number];
          expect(needed).toBeLessThanOrEqual(there);
        },
        { viewport: { width, height: 900 } },
      );
    }
  });

  test('comes back by itself after the coordinator was away', async () => {
    await opened('', async (page) => {
      await page.getByText('live', { exact: true }).waitFor();
      await coordinator.restart('SIGTERM', async () => {
        await page.getByText('connecting…').waitFor();
      });
      await page.getByText('live', { exact: true }).waitFor();
      await startSimulatedAgent(coordinator.agents, { instanceId: 'i-4', role: 'web' });
      await expect.poll(() => page.getByRole('row', { name: /^i-4 READY/ }).count()).toBe(1);
    });
  });

  describe('without a browser', () => {
    const refusal = async (path: string, init: RequestInit = {}): Promise<[number, string]> => {
      const response = await fetch(`${coordinator.url}${path}`, init);
      return [response.status, ((await response.json()) as { code: string }).code];
    };

    test('says what is wrong, and only reads', async () => {
      expect(await refusal('/api/v1/instances/i-none')).toEqual([404, 'INSTANCE_NOT_FOUND']);
      expect(await refusal('/api/v1/nothing')).toEqual([404, 'REQUEST_INVALID']);
      expect(await refusal('/api/v1/instances?state=SLEEPY')).toEqual([400, 'REQUEST_INVALID']);
      expect(await refusal('/api/v1/instances/%zz')).toEqual([400, 'REQUEST_INVALID']);
      expect(await refusal('/api/v1/compare?a=i-1')).toEqual([400, 'REQUEST_INVALID']);
      expect(await refusal('/api/v1/fleet', { method: 'POST' })).toEqual([405, 'REQUEST_INVALID']);
    });

    test('another name for this address is refused, so that no other site can read it', async () => {
      const answer = await raw(
        'GET /api/v1/fleet HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
      );
      expect(answer).toMatch(/^HTTP\/1\.1 421 /);
      expect(answer).not.toContain('states');
    });

    test('assets are not sent twice, and scripts come from here alone', async () => {
      const first = await fetch(`${coordinator.url}/page.js`);
      expect(first.headers.get('content-security-policy')).toContain("script-src 'self'");
      const etag = first.headers.get('etag') ?? '';
      await first.arrayBuffer();
      expect((await fetch(`${coordinator.url}/page.js`, { headers: { 'if-none-match': etag } })).status).toBe(
        304,
      );
    });

    test('who listens and does not read holds up nobody', async () => {
      const [host = '', port = ''] = coordinator.url.replace('http://', '').split(':');
      const deaf = connect(Number(port), host);
      deaf.pause();
      deaf.write(`GET /api/v1/events HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`);
      try {
        await Promise.all(
          Array.from({ length: 300 }, (_, index) =>
            startSimulatedAgent(coordinator.agents, { instanceId: `i-many-${index}`, role: 'many' }),
          ),
        );
        const { assignment } = await assign(coordinator.clients, { user: 'carol', role: 'many' });
        expect(assignment?.state).toBe('ASSIGNMENT_STATE_SERVING');
      } finally {
        deaf.destroy();
      }
    });

    test('plaintext is for loopback addresses', async () => {
      const refused = startCoordinatorProcess(coordinator.directory, ['--http', '0.0.0.0:0']);
      await expect(refused).rejects.toThrow('INSECURE_ADDRESS');
    });

    test('where plaintext is allowed elsewhere, only names that no other site can have are answered', async () => {
      const directory = mkdtempSync(join(tmpdir(), 'parbake-plaintext-'));
      const started = await startCoordinatorProcess(directory, [
        ...['--listen', '127.0.0.1:0', '--http', '0.0.0.0:0', '--allow-plaintext-http'],
      ]);
      const page = `127.0.0.2:${new URL(started.urls[0] ?? '').port}`;
      try {
        const statusFor = async (host: string): Promise<string> => {
          const request = `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
          return (await rawTo(page, request)).split(' ')[1] ?? '';
        };
        for (const host of [page, '10.0.1.10:8080', '[2001:db8::1]:8080', 'coordinator:8080'])
          expect([host, await statusFor(host)]).toEqual([host, '200']);
        for (const host of ['evil.example', 'evil.example:8080', ''])
          expect([host, await statusFor(host)]).toEqual([host, '421']);
      } finally {
        await started.stop();
        rmSync(directory, { recursive: true, force: true });
      }
    });

    const raw = (request: string): Promise<string> => rawTo(coordinator.url.replace('http://', ''), request);

    function rawTo(address: string, request: string): Promise<string> {
      const [host = '', port = ''] = address.split(':');
      return new Promise((resolve, reject) => {
        let text = '';
        const socket = connect(Number(port), host, () => socket.write(request));
        socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
        socket.on('end', () => resolve(text));
        socket.on('error', reject);
      });
    }
  });
});

interface AxeTool {
  run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}
