import { defaultLimits, type Limits } from '../../coordinator/core/limits.ts';
import { composeFleet, type Fleet } from '../../coordinator/serve/fleet.ts';
import { Secrets } from '../../coordinator/secrets/secrets.ts';
import { startServer } from '../../coordinator/serve/server.ts';
import { openSqliteStore } from '../../coordinator/store/threads/open.ts';
import { createLogger } from '../../proto/process/log.ts';
import { anAuthoriser, aTrust, insecureListener } from './authorisers.ts';
import { connectAgents } from '../fakes/simulated-agent.ts';
import { connectCoordinator } from '../testbed/parbake.ts';

/** A coordinator within the test, whose time limits are short. */
export interface ShortCoordinator {
  readonly fleet: Fleet;
  readonly address: string;
  readonly clients: ReturnType<typeof connectCoordinator>;
  readonly agents: ReturnType<typeof connectAgents>;
  close(): Promise<void>;
}

/**
 * @param limits other than those that are long enough for whatever a test does not wait for
 * @param secrets for references in variables; none unless given
 */
export async function startShortCoordinator(
  limits: Partial<Limits> = {},
  secrets: Secrets = Secrets.none(),
): Promise<ShortCoordinator> {
  const logger = createLogger('test', 'silent');
  const store = await openSqliteStore(':memory:');
  const fleet = composeFleet(store, logger, {
    limits: { ...defaultLimits, settling: 0, ...limits },
    sweepInterval: 20,
    secrets,
  });
  const authoriser = anAuthoriser(logger);
  const trust = await aTrust(store, logger);
  const options = { authoriser, trust, reflection: false, logger };
  const server = await startServer(fleet, [insecureListener()], options);
  const [listening = ''] = server.addresses;
  const clients = connectCoordinator(listening);
  const agents = connectAgents(listening);
  const stopping = new AbortController();
  const sweeping = fleet.sweep(stopping.signal);
  return {
    fleet,
    clients,
    agents,
    address: listening,
    close: async () => {
      stopping.abort();
      await sweeping;
      agents.close();
      clients.close();
      await server.close();
      await store.close();
    },
  };
}
