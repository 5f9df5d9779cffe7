import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials, Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Reporter } from '../../agent/report/reporter.ts';
import { Spool } from '../../agent/report/spool.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { AgentServiceClient } from '../../proto/gen/parbake/v1/AgentService.ts';
import type { ReportRequest__Output } from '../../proto/gen/parbake/v1/ReportRequest.ts';
import type { ReportResponse } from '../../proto/gen/parbake/v1/ReportResponse.ts';
import { createLogger } from '../../proto/process/log.ts';
import { parbakeV1 } from '../../proto/wire/loader.ts';
import { toStatus } from '../../proto/wire/status.ts';
import { waitFor } from '../testbed/wait.ts';

let directory: string;
let server: Server;
let client: AgentServiceClient;
const ending = { controller: new AbortController() };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parbake-reporter-'));
  ending.controller = new AbortController();
  server = new Server();
});

afterEach(() => {
  ending.controller.abort();
  client.close();
  server.forceShutdown();
  rmSync(directory, { recursive: true });
});

const { AgentService } = parbakeV1('AgentService');

/** @param refusal why a batch is refused at its so-manieth time; undefined to take it */
async function aReporter(refusal: (sequence: number, time: number) => ParbakeError | undefined) {
  const taken: number[] = [];
  const times = new Map<number, number>();
  server.addService(AgentService.service, {
    Report: (stream: ServerDuplexStream<ReportRequest__Output, ReportResponse>) => {
      stream.on('data', ({ sequence }: ReportRequest__Output) => {
        const time = (times.get(sequence) ?? 0) + 1;
        times.set(sequence, time);
        const error = refusal(sequence, time);
        if (error !== undefined) return void stream.emit('error', toStatus(error));
        taken.push(sequence);
        stream.write({ acknowledgedSequence: sequence });
      });
      stream.on('end', () => stream.end());
      stream.on('error', () => {});
    },
  });
  const address = `unix:${join(directory, 's')}`;
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (cause) =>
      cause === null ? resolve() : reject(cause),
    );
  });
  client = new AgentService(address, credentials.createInsecure());
  const spool = new Spool(join(directory, 'spool.jsonl'), 'boot-1');
  const logger = createLogger('test', 'silent');
  const said: string[] = [];
  logger.warn = (_: unknown, text?: string) => void said.push(String(text));
  logger.info = (_: unknown, text?: string) => void said.push(String(text ?? _));
  const identity = { instanceId: 'i-1', bootId: 'boot-1' };
  const reporter = new Reporter({ spool, identity, logger, random: () => 0.05 });
  const report = (spanId: string): void => {
    reporter.emit({ span: { spanId } });
    reporter.flush();
  };
  void reporter.send(client, ending.controller.signal, 0);
  return { reporter, spool, taken, said, report };
}

test('A16: reports that were refused a few times go on by themselves, and the agent says so', async () => {
  const full = new ParbakeError('STORE_FAILED', 'the disk is full');
  const { reporter, taken, said, report } = await aReporter((_, time) => (time <= 3 ? full : undefined));
  report('a');
  await waitFor('the refusal to be known', () => reporter.problem.includes('the disk is full'));
  await waitFor('the report to be taken', () => taken.includes(1));
  await waitFor('the problem to be over', () => reporter.problem === '');
  expect(said).toEqual(['reports refused, retrying', 'reports accepted again']);
  report('b');
  await waitFor('the next report', () => taken.includes(2));
});

test('A16: a batch that is invalid is given up, and those after it are taken', async () => {
  const invalid = new ParbakeError('REQUEST_INVALID', 'spans: no');
  const { spool, taken, report } = await aReporter((sequence) => (sequence === 2 ? invalid : undefined));
  for (const span of ['a', 'b', 'c']) report(span);
  await waitFor('everything to be sent', () => spool.waiting.length === 0);
  expect(taken).toContain(3);
  expect(taken).not.toContain(2);
  expect(spool.dropped).toBe(1);
});
