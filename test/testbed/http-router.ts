import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianProgram } from './debian-programs.ts';
import { startProgram, type Started } from './processes.ts';
import { listeningAddress } from './listening.ts';

/** A HAProxy that routes by a map, as docs/routing.md says. */
export interface HttpRouter {
  /** `host:port` of its frontend. */
  readonly address: string;
  /** The socket of its runtime API. */
  readonly socket: string;
  readonly map: string;
  /** Kills it without a word, and starts another one, which knows nothing. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** @param host a loopback address of its own */
export async function startHttpRouter(directory: string, host: string): Promise<HttpRouter> {
  const { path, env } = await debianProgram('usr/sbin/haproxy');
  const [map, socket, config] = ['routes.map', 'haproxy.sock', 'haproxy.cfg'].map((name) =>
    join(directory, name),
  ) as [string, string, string];
  const address = `${host}:8000`;
  writeFileSync(map, '');
  writeFileSync(config, configuration({ address, map, socket }));
  const start = async (): Promise<Started> => {
    const started = startProgram(path, ['-db', '-f', config], join(directory, 'haproxy.log'), env);
    await listeningAddress(started, 'HAProxy', host);
    return started;
  };
  let running = await start();
  return {
    address,
    socket,
    map,
    async restart() {
      await running.stop('SIGKILL');
      running = await start();
    },
    close: () => running.stop(),
  };
}

function configuration({ address, map, socket }: { address: string; map: string; socket: string }): string {
  return `global
  stats socket ${socket} mode 600 level admin
defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend web
  bind ${address}
  http-request set-var(txn.target) req.hdr(host),field(1,:),lower,map(${map})
  http-request return status 404 content-type text/plain string "no such name" unless { var(txn.target) -m found }
  use_backend instance
backend instance
  http-request set-dst var(txn.target),field(1,/)
  http-request set-dst-port var(txn.target),field(2,/)
  http-response set-header X-Parbake-Generation %[var(txn.target),field(3,/)]
  server any 0.0.0.0:0
`;
}
