import { ParbakeError } from '../../proto/errors/errors.ts';
import type { ValuesOf } from '../../proto/process/cli/command.ts';
import { hostNameProblem, Zones } from '../core/route-name.ts';
import type { serveDeclaration } from './serve-declaration.ts';

export interface RouteOptions {
  zones: Zones;
  /** Names of publishers that read WatchRoutes. */
  external: string[];
}

/** @throws ParbakeError USAGE */
export function readRouteOptions({
  zone,
  publisher,
}: Pick<ValuesOf<typeof serveDeclaration>, 'zone' | 'publisher'>): RouteOptions {
  for (const name of zone) {
    const problem = hostNameProblem(name);
    if (problem !== undefined) throw new ParbakeError('USAGE', `--zone "${name}" ${problem}`);
  }
  const misnamed = publisher.find((name) => !/^[a-z0-9][a-z0-9-]{0,62}$/.test(name));
  if (misnamed !== undefined)
    throw new ParbakeError(
      'USAGE',
      `--publisher "${misnamed}" is not a name: 1 to 63 lower-case letters, digits and hyphens`,
    );
  if (zone.length === 0 && publisher.length > 0)
    throw new ParbakeError('USAGE', '--publisher needs a --zone: without one there are no routes');
  return { zones: new Zones([...new Set(zone)]), external: [...new Set(publisher)] };
}
