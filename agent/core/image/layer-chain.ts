import { createHash } from 'node:crypto';

/**
 * By what an Engine knows each layer with all that are below it: the chain ids of the image specification.
 * @param diffIds digests of the unpacked layers, base first
 * @returns digests, base first
 */
export function chainIds(diffIds: readonly string[]): string[] {
  const chains: string[] = [];
  for (const diffId of diffIds) {
    const below = chains.at(-1);
    const text = `${below ?? ''} ${diffId}`;
    chains.push(below === undefined ? diffId : `sha256:${createHash('sha256').update(text).digest('hex')}`);
  }
  return chains;
}
