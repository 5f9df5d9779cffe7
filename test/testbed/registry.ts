import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startProgram, type Started } from './processes.ts';
import { waitFor } from './wait.ts';

export interface Registry {
  /** `host:port`, the first part of image references. */
  readonly address: string;
  readonly directory: string;
  readonly process: Started;
}

/** Starts a registry that keeps its images below `directory`. */
export async function startRegistry(directory: string, host: string): Promise<Registry> {
  mkdirSync(join(directory, 'images'), { recursive: true });
  const address = `${host}:${await freePort(host)}`;
  const config = {
    version: '0.1',
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(directory, 'images') }, delete: { enabled: true } },
    http: { addr: address },
  };
  // JSON is YAML.
  writeFileSync(join(directory, 'config.yml'), JSON.stringify(config));
  const process = startProgram(
    'docker-registry',
    ['serve', join(directory, 'config.yml')],
    join(directory, 'registry.log'),
  );
  await waitFor(`the registry at ${address}`, async () => {
    if (process.ended() !== undefined) throw new Error(`the registry ended: ${process.log()}`);
    return await fetch(`http://${address}/v2/`).then(
      (answer) => answer.ok,
      () => false,
    );
  });
  return { address, directory, process };
}

export async function freePort(host: string): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
