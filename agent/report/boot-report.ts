import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { hrtime } from 'node:process';
import { promisify } from 'node:util';
import type { Span } from '../../proto/gen/parbake/v1/Span.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import type { Logger } from '../../proto/process/log.ts';
import { isAbort, pause } from '../../proto/process/tasks.ts';
import {
  bootParts,
  bootUnits,
  managerProperties,
  unitProperties,
  type BootPart,
} from '../core/boot-times.ts';
import type { Recorder } from './recorder.ts';
import { reasonOf } from '../../proto/errors/cause.ts';

/** Milliseconds after the kernel's start from which on an agent that starts was not started by the boot. */
const longestBoot = 900_000;
/** Delay after the start, in milliseconds: a waiting user comes first. */
const delay = 5_000;
/** Milliseconds for systemd to answer: it only looks up what it has. */
const deadline = 5_000;

/**
 * The time from the kernel's start until now, when the agent runs. A crash and an upgrade start the agent once more, and a person
 * starts it whenever they like: those are not the boot, and have no such span.
 * @param marker a file that says in which boot an agent has started
 * @returns undefined unless systemd starts the first agent of this boot, soon after the kernel
 */
export function bootSpan(
  { env, bootId, marker }: { env: CommandContext['env']; bootId: string; marker: string },
  // The clock that the kernel starts at 0 with itself, in milliseconds; /proc/stat has the same in whole seconds.
  uptime = Number(hrtime.bigint()) / 1e6,
): Span | undefined {
  const isFirst = markStart(marker, bootId);
  if (!isFirst || env['INVOCATION_ID'] === undefined || uptime > longestBoot) return undefined;
  const now = Date.now();
  return {
    spanId: randomUUID(),
    name: 'boot',
    startUnixNs: Math.round((now - uptime) * 1e6),
    endUnixNs: now * 1e6,
    attributes: {},
  };
}

/** @returns false when an agent started before in this boot, and when that cannot be known */
function markStart(marker: string, bootId: string): boolean {
  try {
    mkdirSync(dirname(marker), { recursive: true, mode: 0o700 });
    if (existsSync(marker) && readFileSync(marker, 'utf8') === bootId) return false;
    writeFileSync(marker, bootId);
    return true;
  } catch {
    return false;
  }
}

/**
 * Reports the parts of the boot that systemd knows, once: below the boot's span, firmware before it.
 * @param boot from bootSpan, whose start is systemd's 0
 * @param systemctl another program in tests
 */
export async function reportBootParts(
  boot: Span,
  recorder: Recorder,
  logger: Logger,
  signal: AbortSignal,
  systemctl = 'systemctl',
  wait = delay,
): Promise<void> {
  await pause(wait, signal);
  if (signal.aborted) return;
  const show = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(systemctl, ['show', ...args], { timeout: deadline, signal })).stdout;
  try {
    const [manager, units] = await Promise.all([
      show(`--property=${managerProperties.join(',')}`),
      show(`--property=${unitProperties.join(',')}`, '--', ...bootUnits),
    ]);
    const until = (Number(boot.endUnixNs) - Number(boot.startUnixNs)) / 1e6;
    const parts = bootParts(manager, units, until);
    const ids = new Map(parts.map(({ name }) => [name, randomUUID()]));
    for (const part of parts) recorder.span(spanOf(part, boot, ids));
  } catch (cause) {
    // No systemd here: what it would know stays absent.
    if (!isAbort(cause)) logger.debug({ reason: reasonOf(cause) }, 'systemd does not tell how the boot went');
  }
}

/** @param ids of the parts' spans, by name */
function spanOf(
  { name, from, to, within = '' }: BootPart,
  { spanId = '', startUnixNs }: Span,
  ids: ReadonlyMap<string, string>,
): Span {
  const at = (ms: number): number => Number(startUnixNs) + Math.round(ms * 1e6);
  return {
    spanId: ids.get(name) ?? randomUUID(),
    parentId: from < 0 ? '' : (ids.get(within) ?? spanId),
    name,
    startUnixNs: at(from),
    endUnixNs: at(to),
    attributes: { source: 'systemd' },
  };
}
