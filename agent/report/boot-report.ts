import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { hrtime } from 'node:process';
import { promisify } from 'node:util';
import type { Span } from '../../proto/gen/parbake/v1/Span.ts';
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
 * From the kernel's start until now, which is when the agent runs; undefined when that was so long ago that the boot did
 * not start this agent.
 */
export function bootSpan(): Span | undefined {
  // The clock that the kernel starts at 0 with itself, in milliseconds; /proc/stat has the same in whole seconds.
  const uptime = Number(hrtime.bigint()) / 1e6;
  if (uptime > longestBoot) return undefined;
  const now = Date.now();
  return {
    spanId: randomUUID(),
    name: 'boot',
    startUnixNs: Math.round((now - uptime) * 1e6),
    endUnixNs: now * 1e6,
    attributes: {},
  };
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
