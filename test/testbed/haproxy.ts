import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listeningAddress } from './listening.ts';
import { startProgram, type Started } from './processes.ts';

const program = '/usr/sbin/haproxy';

/** Why this machine cannot run a load balancer. */
export function haproxyMissing(): string | undefined {
  return existsSync(program) ? undefined : 'needs the package haproxy';
}

/**
 * Starts a TCP load balancer, which looks often whether a server listens.
 * @param address `host:port` that it listens on
 * @param servers `host:port` of each server
 */
export async function startHaproxy(
  directory: string,
  address: string,
  servers: readonly string[],
): Promise<Started> {
  const settings = join(directory, 'haproxy.cfg');
  const lines = servers.map(
    (server, index) => `  server s${index} ${server} check inter 200ms fall 1 rise 1`,
  );
  writeFileSync(
    settings,
    [
      'listen coordinators',
      `  bind ${address}`,
      '  mode tcp',
      '  balance leastconn',
      '  option redispatch',
      '  timeout client 1h',
      '  timeout server 1h',
      '  timeout connect 5s',
      ...lines,
      '',
    ].join('\n'),
  );
  const started = startProgram(program, ['-db', '-f', settings], join(directory, 'haproxy.log'));
  await listeningAddress(started, 'HAProxy', address.split(':')[0] ?? '');
  return started;
}
