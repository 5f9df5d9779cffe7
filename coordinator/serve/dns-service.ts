import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import protobuf from 'protobufjs/light.js';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Logger } from '../../proto/process/log.ts';
import { unary } from '../api/handlers.ts';
import type { Answerer } from '../routes/dns/server.ts';

/** A DNS message, as CoreDNS's plugin `grpc` sends it. */
interface DnsPacket {
  msg: Buffer;
}

const packet = new protobuf.Type('DnsPacket').add(new protobuf.Field('msg', 1, 'bytes'));

function serialize({ msg }: DnsPacket): Buffer {
  return Buffer.from(packet.encode(packet.create({ msg })).finish());
}

function deserialize(bytes: Buffer): DnsPacket {
  const { msg = [] } = packet.toObject(packet.decode(bytes)) as { msg?: Uint8Array };
  return { msg: Buffer.from(msg) };
}

/** CoreDNS's own service: what a plugin of its calls in a name server elsewhere. */
export const dnsService = {
  Query: {
    path: '/coredns.dns.DnsService/Query',
    requestStream: false,
    responseStream: false,
    requestSerialize: serialize,
    requestDeserialize: deserialize,
    responseSerialize: serialize,
    responseDeserialize: deserialize,
  },
} as const;

/** A name that does not exist is an answer too: CoreDNS would make one without a time to live from a status. */
export function dnsHandlers(
  answerer: Answerer,
  logger: Logger,
): { Query: (call: ServerUnaryCall<DnsPacket, DnsPacket>, callback: sendUnaryData<DnsPacket>) => void } {
  return {
    Query: unary(logger, 'Query', async ({ msg }) => {
      const reply = answerer(msg, 'stream');
      if (reply === undefined) throw new ParbakeError('REQUEST_INVALID', 'msg is not a DNS query');
      return { msg: reply };
    }),
  };
}
