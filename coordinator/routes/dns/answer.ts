import { isIPv4, isIPv6 } from 'node:net';
import dnsPacket, { type Answer } from 'dns-packet';
import type { Zones } from '../../core/route-name.ts';
import type { Route } from '../../core/route.ts';
import type { RouteFeed } from '../feed.ts';
import { headerBytes, readQuestion, type Question, type Refusal } from './question.ts';

/** Where answers come from. */
export interface DnsView {
  zones: Zones;
  table: Pick<RouteFeed, 'isLoaded' | 'generation' | 'get' | 'hasBelow'>;
  /** The waiting room's IPv4 address; names lead nowhere before they are published when there is none. */
  room: string | undefined;
}

/** How a message came, which decides how long its answer may be. */
export type Transport = 'udp' | 'stream';

const types = { A: 1, SOA: 6, TXT: 16, AAAA: 28, SRV: 33, IXFR: 251, AXFR: 252, ANY: 255 } as const;
const internet = 1;
const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;
type Rcode = keyof typeof rcodes;

/** Seconds for which an address may be remembered: less than an address is held after its route is withdrawn. */
const publishedTtl = 5;
/** Seconds for which the waiting room's may: the instance takes its place at any moment. */
const roomTtl = 1;
/** Bytes of an answer over UDP, whatever the asker would take: larger packets are fragmented, and fragments are lost. */
const udpBytes = { without: 512, most: 1_232 };

/**
 * The answer to one DNS message; the same for UDP, TCP and gRPC. A name that is reserved is never NXDOMAIN: resolvers would
 * remember that it does not exist.
 * @returns undefined for what gets no answer
 */
export function answer(message: Buffer, view: DnsView, transport: Transport): Buffer | undefined {
  const question = readQuestion(message);
  if (question === undefined) return undefined;
  if ('refused' in question) return header(question, question.refused, [0, 0, 0, 0]);
  if (question.edns !== undefined && question.edns.version !== 0) return encode(question, { extended: 1 });
  const reply = encode(question, answerTo(question, view));
  const { edns } = question;
  const limit =
    edns === undefined
      ? udpBytes.without
      : Math.min(Math.max(edns.udpBytes, udpBytes.without), udpBytes.most);
  // The asker comes again over TCP.
  return transport === 'udp' && reply.length > limit ? encode(question, { isTruncated: true }) : reply;
}

interface Reply {
  rcode?: Rcode;
  /** Upper bits of the response code, which EDNS carries. */
  extended?: number;
  answers?: Answer[];
  authorities?: Answer[];
  isAuthoritative?: boolean;
  isTruncated?: boolean;
}

function answerTo(question: Question, { zones, table, room }: DnsView): Reply {
  const { name, type } = question;
  if (question.class !== internet || type === types.AXFR || type === types.IXFR) return { rcode: 'REFUSED' };
  const zone = name === undefined ? zoneOfBytes(question, zones) : zones.of(name);
  if (zone === undefined) return { rcode: 'REFUSED' };
  if (!table.isLoaded) return { rcode: 'SERVFAIL' };
  const authority = { isAuthoritative: true, authorities: [soa(zone, table.generation)] };
  if (name === zone)
    return type === types.SOA || type === types.ANY
      ? { isAuthoritative: true, answers: [soa(zone, table.generation)] }
      : authority;
  const route = name === undefined ? undefined : table.get(name);
  if (name === undefined || (route === undefined && !table.hasBelow(name)))
    return { ...authority, rcode: 'NXDOMAIN' };
  const answers = route === undefined ? [] : recordsOf(route, type, room);
  return answers.length > 0 ? { isAuthoritative: true, answers } : authority;
}

/** A name that cannot be a host's is in a zone too, and does not exist. */
function zoneOfBytes({ bytes }: Question, zones: Zones): string | undefined {
  const text = bytes.toString('latin1').toLowerCase();
  return zones.names.find((zone) => {
    const wire = zone.split('.').map((label) => String.fromCharCode(label.length) + label);
    return text.slice(0, -4).endsWith(`${wire.join('')}\0`);
  });
}

function recordsOf(route: Route, type: number, room: string | undefined): Answer[] {
  const { name, scheme, target, generation } = route;
  const host = target?.host ?? (scheme === 'TCP' ? undefined : room);
  const ttl = target === undefined ? roomTtl : publishedTtl;
  const wants = (one: number): boolean => type === one || type === types.ANY;
  const records: Answer[] = [];
  if (host !== undefined && isIPv4(host) && wants(types.A))
    records.push({ type: 'A', name, ttl, data: host });
  if (host !== undefined && isIPv6(host) && wants(types.AAAA))
    records.push({ type: 'AAAA', name, ttl, data: host });
  if (target !== undefined && wants(types.SRV))
    records.push({
      type: 'SRV',
      name,
      ttl,
      data: { port: target.port, target: name, priority: 0, weight: 0 },
    });
  // Whoever looks for a fault sees which change of the route this resolver has.
  if (wants(types.TXT)) records.push({ type: 'TXT', name, ttl, data: `generation=${generation}` });
  return records;
}

/** What does not exist may exist at once, so nobody is to remember that it does not: 0 seconds. */
function soa(zone: string, generation: number): Answer {
  return {
    type: 'SOA',
    name: zone,
    ttl: 0,
    data: {
      mname: zone,
      rname: `hostmaster.${zone}`,
      serial: generation % 2 ** 32,
      refresh: 60,
      retry: 10,
      expire: 600,
      minimum: 0,
    },
  };
}

/** The question goes back byte by byte: some resolvers mix upper and lower case, and compare. */
function encode(question: Question, reply: Reply): Buffer {
  const { rcode = 'NOERROR', answers = [], authorities = [], extended = 0 } = reply;
  const { edns } = question;
  const counts = [1, answers.length, authorities.length, edns === undefined ? 0 : 1];
  return Buffer.concat([
    header(question, rcode, counts, reply),
    question.bytes,
    dnsPacket.encode({ type: 'response', answers, authorities }).subarray(headerBytes),
    ...(edns === undefined ? [] : [opt(extended)]),
  ]);
}

function header(
  asked: Pick<Question, 'id' | 'isRecursive'> & Partial<Pick<Refusal, 'opcode'>>,
  rcode: Rcode,
  counts: readonly number[],
  { isAuthoritative = false, isTruncated = false }: Reply = {},
): Buffer {
  const { id, isRecursive, opcode = 0 } = asked;
  const flags =
    0x80_00 |
    (opcode << 11) |
    (isAuthoritative ? 0x04_00 : 0) |
    (isTruncated ? 0x02_00 : 0) |
    (isRecursive ? 0x01_00 : 0) |
    rcodes[rcode];
  const bytes = Buffer.alloc(headerBytes);
  [id, flags, ...counts].forEach((value, index) => bytes.writeUInt16BE(value, index * 2));
  return bytes;
}

function opt(extended: number): Buffer {
  const bytes = Buffer.alloc(11);
  bytes.writeUInt16BE(41, 1);
  bytes.writeUInt16BE(udpBytes.most, 3);
  bytes[5] = extended;
  return bytes;
}
