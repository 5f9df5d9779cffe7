import { createHash } from 'node:crypto';
import type { Order } from '../core/order/order.ts';
import type { ContainerSpec } from '../../proto/recipe/role.ts';

const headerBytes = 8;
/** It stands in place of the checksum while that is computed. */
const noChecksum = '0'.repeat(64);

/**
 * What an application reads: one JSON document of `length` bytes. Its `sha256` is over the document with 64 zeros in place of
 * the checksum itself, so one replacement and one hash check that it is whole.
 */
export function orderDocument(
  { assignmentId, user, environment, env, files }: Order,
  { userEnv, files: place }: Pick<ContainerSpec, 'userEnv' | 'files'>,
  instanceId: string,
): Buffer {
  const variables = Object.entries(env).filter(([name]) => userEnv.includes(name));
  const ownFiles = place === undefined ? [] : Object.entries(files);
  const content = {
    assignmentId,
    user,
    environment,
    instanceId,
    variables: Object.fromEntries(variables),
    files: Object.fromEntries(ownFiles.map(([name, bytes]) => [name, bytes.toString('base64')])),
  };
  const rest = `${JSON.stringify(content).slice(1)}\n`;
  const restBytes = Buffer.byteLength(rest);
  const head = (length: number, sha256: string): string => `{"length":${length},"sha256":"${sha256}",`;
  let length = 0;
  // The number of its digits is part of the length.
  while (length !== head(length, noChecksum).length + restBytes)
    length = head(length, noChecksum).length + restBytes;
  const sha256 = createHash('sha256').update(head(length, noChecksum)).update(rest).digest('hex');
  return Buffer.from(head(length, sha256) + rest);
}

/** The document as the writer of packaging/gate takes it; see hold.h there. */
export function holdFrame(document: Buffer): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.write('PBH1', 'latin1');
  header.writeUInt32LE(document.length, 4);
  return Buffer.concat([header, document]);
}
