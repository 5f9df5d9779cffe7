import dnsPacket, { type Packet } from 'dns-packet';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Zones } from '../../coordinator/core/route-name.ts';
import type { Route } from '../../coordinator/core/route.ts';
import { answer, type DnsView, type Transport } from '../../coordinator/routes/dns/answer.ts';
import { aRoute } from '../support/store-builders.ts';

const published = { state: 'PUBLISHED', target: { host: '10.0.0.7', port: 8080 } } as const;
const routes: readonly Route[] = [
  aRoute({ name: 'web.preview.test', ...published, generation: 7 }),
  aRoute({ name: 'six.preview.test', state: 'PUBLISHED', target: { host: 'fd00::7', port: 8080 } }),
  aRoute({ name: 'soon.preview.test', state: 'RESERVED' }),
  aRoute({ name: 'tcp.preview.test', state: 'RESERVED', scheme: 'TCP' }),
  aRoute({ name: 'a.b.preview.test', ...published }),
];
const view: DnsView = {
  zones: new Zones(['preview.test']),
  table: {
    isLoaded: true,
    generation: 9,
    get: (name) => routes.find((route) => route.name === name),
    hasBelow: (name) => routes.some((route) => route.name.endsWith(`.${name}`)),
  },
  room: undefined,
};
const withRoom = { ...view, room: '10.0.0.1' };

type Type = 'A' | 'AAAA' | 'SRV' | 'TXT' | 'SOA' | 'NS' | 'AXFR' | 'ANY' | 'MX';
const query = (name: string, type: Type = 'A', more: Partial<Packet> = {}): Buffer =>
  dnsPacket.encode({
    type: 'query',
    id: 77,
    flags: dnsPacket.RECURSION_DESIRED,
    questions: [{ type: type as 'A', name, class: 'IN' }],
    ...more,
  });
const ask = (message: Buffer, from = view, transport: Transport = 'udp') => {
  const reply = answer(message, from, transport);
  if (reply === undefined) return undefined;
  const decoded = dnsPacket.decode(reply);
  return {
    ...decoded,
    rcode: (reply[3] ?? 0) & 0xf,
    data: decoded.answers?.map((record) => ('data' in record ? record.data : undefined)),
    ttl: decoded.answers?.map((record) => ('ttl' in record ? record.ttl : undefined)),
  };
};
const [ok, formatError, serverFailure, noSuchName, notImplemented, refused] = [0, 1, 2, 3, 4, 5];

describe('a name', () => {
  test("that is published has its instance's address, for less time than the address is held", () => {
    const reply = ask(query('web.preview.test'));
    expect(reply).toMatchObject({
      id: 77,
      rcode: ok,
      flag_aa: true,
      flag_rd: true,
      data: ['10.0.0.7'],
      ttl: [5],
    });
    expect(ask(query('six.preview.test', 'AAAA'))?.data).toEqual(['fd00::7']);
    expect(ask(query('WeB.Preview.TEST'))?.data).toEqual(['10.0.0.7']);
  });

  test('has its port and its generation too', () => {
    expect(ask(query('web.preview.test', 'SRV'))?.data).toMatchObject([
      { port: 8080, target: 'web.preview.test' },
    ]);
    expect(ask(query('web.preview.test', 'TXT'))?.data?.map(String)).toEqual(['generation=7']);
  });

  test('that is reserved leads to the waiting room, and is never said not to exist', () => {
    expect(ask(query('soon.preview.test'), withRoom)).toMatchObject({
      rcode: ok,
      data: ['10.0.0.1'],
      ttl: [1],
    });
    expect(ask(query('soon.preview.test'))).toMatchObject({ rcode: ok, data: [] });
    // The waiting room speaks HTTP only.
    expect(ask(query('tcp.preview.test'), withRoom)).toMatchObject({ rcode: ok, data: [] });
  });

  test.each([
    ['web.preview.test', 'AAAA', ok],
    ['web.preview.test', 'MX', ok],
    ['b.preview.test', 'A', ok],
    ['preview.test', 'A', ok],
    ['preview.test', 'NS', ok],
    ['none.preview.test', 'A', noSuchName],
    ['b', 'A', refused],
    ['example.com', 'A', refused],
    ['notpreview.test', 'A', refused],
    ['web.preview.test', 'AXFR', refused],
    ['preview.test', 'AXFR', refused],
  ] as const)('%s %s without a record says %i', (name, type, rcode) => {
    expect(ask(query(name, type))).toMatchObject({ rcode, answers: [] });
  });

  test('that does not exist may exist at once: nobody is to remember that', () => {
    const { authorities } = ask(query('none.preview.test')) ?? {};
    expect(authorities).toMatchObject([{ type: 'SOA', ttl: 0, data: { minimum: 0, serial: 9 } }]);
  });

  test('is looked for again later while the table is not read', () => {
    const unread = { ...view, table: { ...view.table, isLoaded: false } };
    expect(ask(query('web.preview.test'), unread)).toMatchObject({ rcode: serverFailure });
  });
});

describe('a message', () => {
  const whole = query('web.preview.test');

  test('goes back with its question byte by byte, and with EDNS when it came with it', () => {
    const mixed = query('wEb.pReview.tEst', 'A', {
      additionals: [
        {
          type: 'OPT',
          name: '.',
          udpPayloadSize: 4_096,
          flags: 0,
          options: [],
          extendedRcode: 0,
          ednsVersion: 0,
          flag_do: false,
        },
      ],
    });
    const reply = answer(mixed, view, 'udp');
    expect(reply?.subarray(12, 34)).toEqual(mixed.subarray(12, 34));
    expect(ask(mixed)?.additionals).toMatchObject([{ type: 'OPT' }]);
  });

  test('of another version of EDNS is told so', () => {
    const later = query('web.preview.test', 'A', {
      additionals: [
        {
          type: 'OPT',
          name: '.',
          udpPayloadSize: 4_096,
          flags: 0,
          options: [],
          extendedRcode: 0,
          ednsVersion: 1,
          flag_do: false,
        },
      ],
    });
    expect(ask(later)?.additionals).toMatchObject([{ type: 'OPT', extendedRcode: 1 }]);
  });

  test('that is cut anywhere is refused, and dropped without a header', () => {
    const rcodes = Array.from(whole, (_, length) => ask(whole.subarray(0, length))?.rcode);
    const [dropped, cut] = [rcodes.slice(0, 12), rcodes.slice(12)];
    expect(new Set(dropped)).toEqual(new Set([undefined]));
    expect(new Set(cut)).toEqual(new Set([formatError]));
  });

  test.each<[string, (bytes: Buffer) => unknown, number | undefined]>([
    ['with a pointer to itself', (bytes) => bytes.writeUInt16BE(0xc0_0c, 12), formatError],
    ['with a pointer forward', (bytes) => bytes.writeUInt16BE(0xc0_ff, 12), formatError],
    ['with a label of 64 bytes', (bytes) => bytes.writeUInt8(64, 12), formatError],
    ['of another class', (bytes) => bytes.writeUInt16BE(3, bytes.length - 2), refused],
    ['without a question', (bytes) => bytes.writeUInt16BE(0, 4), formatError],
    ['with 65,535 questions', (bytes) => bytes.writeUInt16BE(0xff_ff, 4), formatError],
    ['with answers', (bytes) => bytes.writeUInt16BE(1, 6), formatError],
    ['with more records than it has', (bytes) => bytes.writeUInt16BE(3, 10), formatError],
    ['that is an update', (bytes) => bytes.writeUInt16BE(5 << 11, 2), notImplemented],
    ['that is an answer', (bytes) => bytes.writeUInt16BE(0x80_00, 2), undefined],
  ])('%s is answered with %o', (_, change, rcode) => {
    const bytes = Buffer.from(whole);
    change(bytes);
    expect(ask(bytes)?.rcode).toBe(rcode);
  });

  test('of 64 KiB is read no further than its question', () => {
    const large = Buffer.concat([whole, Buffer.alloc(65_535 - whole.length, 0xc0)]);
    expect(ask(large, view, 'stream')).toMatchObject({ rcode: ok });
  });

  test('of any bytes gets one well-formed answer or none', () => {
    const header = fc.uint8Array({ minLength: 0, maxLength: 300 });
    fc.assert(
      fc.property(header, fc.boolean(), (bytes, isQuery) => {
        const message = Buffer.from(bytes);
        if (isQuery && message.length >= 12) message.set(whole.subarray(2, 12), 2);
        const reply = answer(message, withRoom, 'udp');
        if (reply === undefined) return;
        expect(reply.length).toBeLessThanOrEqual(1_232);
        expect(reply.readUInt16BE(0)).toBe(message.readUInt16BE(0));
        expect((reply[2] ?? 0) & 0x80).toBe(0x80);
      }),
      { numRuns: 2_000 },
    );
  });
});
