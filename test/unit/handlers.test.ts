import { EventEmitter } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { streaming } from '../../coordinator/api/handlers.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { createLogger } from '../../proto/process/log.ts';
import { parbakeV1 } from '../../proto/wire/loader.ts';

const api = join(dirname(fileURLToPath(import.meta.url)), '../../coordinator/api');
const logger = createLogger('test', 'silent');

class Stream extends EventEmitter {
  ended = false;
  end(): void {
    this.ended = true;
  }
}

/** Ends once the stream has ended or failed. */
function outcomeOf(
  handle: (stream: Stream, gone: AbortSignal) => Promise<void>,
  act?: (stream: Stream) => void,
) {
  const stream = new Stream();
  const errors: { code: status }[] = [];
  stream.on('error', (error: { code: status }) => errors.push(error));
  const done = new Promise<void>((resolve, reject) => {
    streaming(logger, 'Test', async (call: Stream, gone) => {
      await handle(call, gone).finally(() => setImmediate(resolve));
    })(stream);
    setTimeout(reject, 5_000, new Error('the handler did not end')).unref();
  });
  act?.(stream);
  return done.then(() => ({ ended: stream.ended, codes: errors.map(({ code }) => code) }));
}

test('a stream ends when its handler does', async () => {
  expect(await outcomeOf(async () => {})).toEqual({ ended: true, codes: [] });
});

test('what a handler throws, at once too, is the status of its stream', async () => {
  const refuse = async (): Promise<void> => {
    throw new ParbakeError('EVENTS_REMOVED', 'they are gone');
  };
  expect(await outcomeOf(refuse)).toEqual({ ended: false, codes: [status.OUT_OF_RANGE] });
});

test('a handler is told that its caller has gone, and its stream is not touched then', async () => {
  const wait = (_: Stream, gone: AbortSignal): Promise<void> =>
    new Promise((resolve) => gone.addEventListener('abort', () => resolve(), { once: true }));
  const left = await outcomeOf(wait, (stream) => void stream.emit('cancelled'));
  expect(left).toEqual({ ended: false, codes: [] });
});

test('every method of every service goes through the one wrapper, streams too', () => {
  const services = parbakeV1(
    ...(['AgentService', 'AssignmentService', 'FleetService', 'RouteService', 'TelemetryService'] as const),
  );
  const methods = Object.values(services).flatMap(({ service }) => Object.keys(service));
  const source = readdirSync(api, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => readFileSync(join(api, name), 'utf8'))
    .join('\n');
  const unwrapped = methods.filter(
    (name) => !new RegExp(`${name}: (unary|streaming)\\(\\s*logger,\\s*'${name}'`).test(source),
  );
  expect(unwrapped).toEqual([]);
});
