import { createSocket } from 'node:dgram';
import { createConnection } from 'node:net';
import { credentials, makeGenericClientConstructor } from '@grpc/grpc-js';
import dnsPacket from 'dns-packet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dnsService } from '../../coordinator/serve/dns-service.ts';
import { answered, assign, listRoutes, release } from '../support/calls.ts';
import { startSimulatedAgent } from '../fakes/simulated-agent.ts';
import { startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { command } from '../testbed/command.ts';
import { packagingMissing } from '../support/requirement.ts';
import { debianProgram, type DebianProgram } from '../testbed/debian-programs.ts';
import { reserveLoopback } from '../testbed/reservation.ts';
import { waitFor } from '../testbed/wait.ts';

const missing = packagingMissing([]);
const port = 5353;
let host: string;
let digProgram: DebianProgram;
let coordinator: LoneCoordinator;

beforeAll(async () => {
  if (missing === undefined) digProgram = await debianProgram('usr/bin/dig');
  host = await reserveLoopback();
  coordinator = await startLoneCoordinator(['--zone', 'preview.test', '--dns', `${host}:${port}`]);
});

afterAll(async () => await coordinator.close());

const dig = async (...args: string[]): Promise<string> =>
  await command(digProgram.path, [`@${host}`, '-p', String(port), '+tries=1', '+time=5', ...args], {
    env: digProgram.env,
  });
const web = (name: string) => ({ user: 'alice', role: 'web', routes: [{ name, port: 8080 }] });
const query = (name: string): Buffer =>
  dnsPacket.encode({ type: 'query', id: 1, questions: [{ type: 'A', name }] });

test.skipIf(missing !== undefined)(
  `dig sees a name from its request to its release${missing === undefined ? '' : `: ${missing}`}`,
  async () => {
    expect(await dig('a.preview.test')).toContain('status: NXDOMAIN');
    // There is no instance of it yet, so a request waits.
    await answered((done) => coordinator.clients.fleet.applyRoles({ roles: [{ name: 'web' }] }, done));
    const request = assign(coordinator.clients, { ...web('a.preview.test'), wait: 'WAIT_UNTIL_ROUTED' });
    await waitFor('the reservation', async () => (await dig('a.preview.test')).includes('status: NOERROR'));
    await startSimulatedAgent(coordinator.agents, {
      instanceId: 'i-1',
      role: 'web',
      endpoint: { host: '10.9.1.1', port: 8080 },
    });
    const { assignment } = await request;
    // Whoever was told that it is routed finds it at once.
    expect(await dig('+short', 'a.preview.test')).toBe('10.9.1.1\n');
    expect(await dig('+short', '+tcp', 'A.Preview.Test')).toBe('10.9.1.1\n');
    expect(await dig('+short', 'SRV', 'a.preview.test')).toBe('0 0 8080 a.preview.test.\n');
    expect(await dig('AXFR', 'preview.test')).toContain('Transfer failed');
    expect(await dig('example.com')).toContain('status: REFUSED');
    await release(coordinator.clients, assignment?.assignmentId ?? '');
    await waitFor('the withdrawal', async () => (await dig('a.preview.test')).includes('status: NXDOMAIN'));
    const { publishers, generation } = await listRoutes(coordinator.clients, {});
    await waitFor('the publisher to confirm', async () => {
      const listed = await listRoutes(coordinator.clients, {});
      return listed.publishers.every((publisher) => publisher.generation === listed.generation);
    });
    expect(publishers.map(({ name }) => name)).toEqual(['dns']);
    expect(generation).toBeGreaterThan(0);
  },
);

test('the service that CoreDNS calls gives the same answers', async () => {
  const Client = makeGenericClientConstructor(dnsService, 'DnsService');
  const client = new Client(coordinator.address, credentials.createInsecure());
  const ask = (msg: Buffer) =>
    new Promise<{ msg: Buffer }>((resolve, reject) => {
      const { path, requestSerialize, responseDeserialize } = dnsService.Query;
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { msg }, (error, answer) => {
        if (error !== null || answer === undefined) reject(error ?? new Error('no answer'));
        else resolve(answer);
      });
    });
  const { msg } = await ask(query('none.preview.test'));
  expect(dnsPacket.decode(msg)).toMatchObject({ id: 1, flag_qr: true, authorities: [{ type: 'SOA' }] });
  // What gets no answer over UDP is a mistake of the caller.
  await expect(ask(Buffer.from('no'))).rejects.toMatchObject({ code: 3 });
  client.close();
});

test('what is no query, too long or too much ends its own connection only', async () => {
  const send = (bytes: Buffer): Promise<Buffer> =>
    new Promise((resolve) => {
      const connection = createConnection({ host, port });
      const parts: Buffer[] = [];
      connection.on('data', (part: Buffer) => parts.push(part));
      connection.on('close', () => resolve(Buffer.concat(parts)));
      connection.on('error', () => {});
      connection.end(bytes);
    });
  const framed = (message: Buffer): Buffer => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    return Buffer.concat([length, message]);
  };
  const question = query('none.preview.test');
  const large = Buffer.concat([question, Buffer.alloc(65_535 - question.length, 0xc0)]);
  const replies = await Promise.all([
    send(framed(large)),
    send(framed(Buffer.from('no query'))),
    send(Buffer.alloc(200_000, 0xff)),
    send(Buffer.concat(Array.from({ length: 100 }, () => framed(question)))),
  ]);
  expect(replies.map((reply) => reply.length > 0)).toEqual([true, false, false, true]);
  expect(dnsPacket.streamDecode(replies[0] ?? Buffer.alloc(0))).toMatchObject({ id: 1, flag_qr: true });
  const one = dnsPacket.streamEncode(dnsPacket.streamDecode(replies[3] ?? Buffer.alloc(0)));
  expect(replies[3]?.length).toBeGreaterThanOrEqual(one.length);
  const socket = createSocket('udp4');
  const answered = new Promise<Buffer>((resolve) => socket.once('message', resolve));
  for (const message of [Buffer.alloc(0), Buffer.from('x'), Buffer.alloc(1_400, 0xff), question])
    socket.send(message, port, host);
  expect(dnsPacket.decode(await answered)).toMatchObject({ id: 1, flag_qr: true });
  socket.close();
});
