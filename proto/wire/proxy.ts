import { ParbakeError } from '../errors/errors.ts';
import type { CommandContext } from '../process/command.ts';
import { proxyFor } from '../process/proxy.ts';

/**
 * The HTTP proxy that gRPC reaches an address through. gRPC itself reads `grpc_proxy`, `https_proxy` and `http_proxy`, of
 * which the first counts. What needs none is decided here, by the rules of other tools: gRPC does not know `NO_PROXY`, nor
 * spaces, ports and `*` in it.
 * @param env of the process, which is what gRPC reads
 * @returns `http://host:port` without a login; undefined for a direct connection
 */
export function proxyOf(address: string, env: CommandContext['env']): string | undefined {
  if (address.startsWith('unix:') || !URL.canParse(`https://${address}`)) return undefined;
  const https = env['grpc_proxy'] || env['https_proxy'] || env['http_proxy'] || '';
  const no = env['no_grpc_proxy'] || env['no_proxy'] || env['NO_PROXY'] || '';
  // gRPC ignores any other proxy.
  if (!URL.canParse(https) || new URL(https).protocol !== 'http:') return undefined;
  const proxy = proxyFor(new URL(`https://${address}`), { http: '', https, no });
  return proxy === undefined ? undefined : new URL(proxy).origin;
}

/** Names the proxy in the error of a coordinator that was not reached: it may be the proxy that is not. */
export function nameProxy(error: ParbakeError, address: string, env: CommandContext['env']): ParbakeError {
  const proxy = proxyOf(address, env);
  if (error.code !== 'COORDINATOR_UNREACHABLE' || proxy === undefined) return error;
  return new ParbakeError(error.code, `${error.message}, through the proxy ${proxy}`, { cause: error });
}
