import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bootParts } from '../../agent/core/boot-times.ts';
import { bootSpan, reportBootParts } from '../../agent/report/boot-report.ts';
import { Recorder } from '../../agent/report/recorder.ts';
import type { Span } from '../../proto/gen/parbake/v1/Span.ts';

const manager = [
  'FirmwareTimestampMonotonic=3000000',
  'LoaderTimestampMonotonic=1000000',
  'InitRDTimestampMonotonic=500000',
  'UserspaceTimestampMonotonic=1500000',
].join('\n');
const units = [
  'Id=network-online.target\nInactiveExitTimestampMonotonic=2600000\nActiveEnterTimestampMonotonic=2600000',
  'Id=docker.service\nInactiveExitTimestampMonotonic=2700000\nActiveEnterTimestampMonotonic=3900500',
].join('\n\n');

describe('the parts of a boot', () => {
  test('are on one clock, whose 0 is the kernel', () => {
    expect(bootParts(manager, units, 3000)).toEqual([
      { name: 'boot.firmware', from: -3000, to: -1000 },
      { name: 'boot.loader', from: -1000, to: 0 },
      { name: 'boot.kernel', from: 0, to: 500 },
      { name: 'boot.initrd', from: 500, to: 1500 },
      { name: 'boot.userspace', from: 1500, to: 3000 },
      { name: 'boot.network', from: 1500, to: 2600, within: 'boot.userspace' },
      { name: 'boot.docker', from: 2700, to: 3900.5, within: 'boot.userspace' },
    ]);
  });

  test('that did not happen are absent, not zero', () => {
    const virtual = manager.replaceAll(/(Firmware|Loader|InitRD)(\w+)=\d+/g, '$1$2=0');
    expect(bootParts(virtual, units.replace('3900500', '0'), 3000).map(({ name, to }) => [name, to])).toEqual(
      [
        ['boot.kernel', 1500],
        ['boot.userspace', 3000],
        ['boot.network', 2600],
      ],
    );
  });

  test.each([
    ['nothing', '', ''],
    ['another program', 'hello\n=1\nUserspaceTimestampMonotonic=soon', 'Id=docker.service'],
    [
      'negative and enormous figures',
      'UserspaceTimestampMonotonic=-5',
      `Id=docker.service\nX=${'9'.repeat(40)}`,
    ],
    ['only an end', 'UserspaceTimestampMonotonic=', 'Id=docker.service\nActiveEnterTimestampMonotonic=5'],
  ])('of %s are none', (_, own, other) => {
    expect(bootParts(own, other, 3000)).toEqual([]);
  });

  test('that would end before they begin are absent', () => {
    expect(
      bootParts(
        '',
        'Id=docker.service\nInactiveExitTimestampMonotonic=9\nActiveEnterTimestampMonotonic=5',
        1,
      ),
    ).toEqual([]);
  });
});

describe('the boot is a step', () => {
  let dir: string;
  beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'parbake-started-'))));
  afterEach(() => rmSync(dir, { recursive: true }));

  const bySystemd = { INVOCATION_ID: '1f' };
  const span = (env: Record<string, string>, bootId = 'boot-1', uptime = 9_000): string | undefined =>
    bootSpan({ env, bootId, marker: join(dir, 'run/started') }, uptime)?.name;

  test('of the first agent that systemd starts in a boot', () => {
    expect(span(bySystemd)).toBe('boot');
    // After a crash or an upgrade.
    expect(span(bySystemd)).toBeUndefined();
    expect(span(bySystemd, 'boot-2')).toBe('boot');
  });

  test('not of an agent that somebody starts by hand, nor of the one that follows it', () => {
    expect(span({})).toBeUndefined();
    expect(span(bySystemd)).toBeUndefined();
  });

  test('not long after the kernel started', () => {
    expect(span(bySystemd, 'boot-1', 1_000_000)).toBeUndefined();
  });
});

describe('asked of systemd', () => {
  const boot: Span = {
    spanId: 'the-boot',
    startUnixNs: 1_000_000_000_000,
    endUnixNs: 1_003_000_000_000,
    attributes: {},
  };
  let dir: string;
  beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'parbake-boot-'))));
  afterEach(() => rmSync(dir, { recursive: true }));

  async function reported(script: string): Promise<Span[]> {
    const program = join(dir, 'systemctl');
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o755);
    const spans: Span[] = [];
    const recorder = new Recorder((item) => void ('span' in item && spans.push(item.span)), '/');
    const logger = pino({ level: 'silent' });
    await reportBootParts(boot, recorder, logger, new AbortController().signal, program, 0);
    return spans;
  }

  test('they are spans below the boot, firmware before it', async () => {
    const spans = await reported(
      `case "$*" in *docker.service*) printf '%s' '${units}';; *) printf '%s' '${manager}';; esac`,
    );
    const userspace = spans.find(({ name }) => name === 'boot.userspace')?.spanId;
    expect(spans.map(({ name, parentId, startUnixNs }) => [name, parentId, startUnixNs])).toEqual([
      ['boot.firmware', '', 997_000_000_000],
      ['boot.loader', '', 999_000_000_000],
      ['boot.kernel', 'the-boot', 1_000_000_000_000],
      ['boot.initrd', 'the-boot', 1_000_500_000_000],
      ['boot.userspace', 'the-boot', 1_001_500_000_000],
      ['boot.network', userspace, 1_001_500_000_000],
      ['boot.docker', userspace, 1_002_700_000_000],
    ]);
  });

  test('a machine without it reports none', async () => {
    expect(
      await reported('echo "System has not been booted with systemd as init system" >&2; exit 1'),
    ).toEqual([]);
  });
});
