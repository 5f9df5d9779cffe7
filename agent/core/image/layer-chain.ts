import { createHash } from 'node:crypto';

/**
 * Computes the chain ids of the image specification, by which an Engine knows a layer together with all layers below it.
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
