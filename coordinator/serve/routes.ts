import type { RouteFeed } from '../routes/feed.ts';
import type { Publisher } from '../routes/publisher.ts';
import type { Answerer, RunningDns } from '../routes/dns/server.ts';
import type { RouteOptions } from './route-options.ts';

/** What makes this coordinator's routes visible. */
export interface RunningRoutes {
  own: Publisher[];
  /** One HAProxy may be kept by several coordinators. */
  shared: Publisher[];
  /** Answers DNS messages, where the coordinator does that at all. */
  answerer?: Answerer;
  /** Where it listens for them. */
  addresses: string[];
  close(): Promise<void>;
}

/**
 * Starts what listens; publishers start with their task. Each is loaded only where it is used.
 * @throws ParbakeError USAGE when an address cannot be listened on
 */
export async function startRoutes(
  { zones, dns, haproxy }: RouteOptions,
  feed: RouteFeed,
): Promise<RunningRoutes> {
  const shared: Publisher[] = [];
  for (const [index, { socket, map }] of haproxy.entries()) {
    const { HaproxyPublisher } = await import('../routes/haproxy/publisher.ts');
    shared.push(new HaproxyPublisher(index === 0 ? 'haproxy' : `haproxy-${index + 1}`, socket, map));
  }
  if (dns.length === 0) return { own: [], shared, addresses: [], close: async () => {} };
  const [{ answer }, { startDns }] = await Promise.all([
    import('../routes/dns/answer.ts'),
    import('../routes/dns/server.ts'),
  ]);
  const view = { zones, table: feed, room: undefined };
  const answerer: Answerer = (message, transport) => answer(message, view, transport);
  // It answers from the table itself, so there is nothing to be done.
  const own = [{ name: 'dns', publish: async () => {} }];
  const running: RunningDns[] = [];
  const close = async (): Promise<void> => void (await Promise.all(running.map((one) => one.close())));
  try {
    for (const address of dns) running.push(await startDns(address, answerer));
  } catch (cause) {
    await close();
    throw cause;
  }
  return { own, shared, answerer, addresses: running.map(({ address }) => address), close };
}
