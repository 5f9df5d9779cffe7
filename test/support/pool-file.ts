/** A pool file. @param more replaces or adds lines of the top level */
export function aPoolFile(subnets: readonly string[], more: Readonly<Record<string, string>> = {}): string {
  const keys: Record<string, string> = {
    apiVersion: 'parbake/v1',
    kind: 'Pool',
    name: 'web',
    image: 'ami-12c6146b',
    idle: '{ target: 2, hold: 0s }',
    max: '6',
    launch: `{ offerings: [{ types: [m7i.large] }], subnets: [${subnets.join(', ')}] }`,
    ...more,
  };
  return Object.entries(keys)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}
