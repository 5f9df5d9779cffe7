import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listeningAddress } from './listening.ts';
import { startProgram, type Started } from './processes.ts';

export interface Registry {
  /** `host:port`, the first part of image references. */
  readonly address: string;
  readonly directory: string;
  readonly process: Started;
}

/** Starts a registry that keeps its images below `directory`. */
export async function startRegistry(directory: string, host: string): Promise<Registry> {
  mkdirSync(join(directory, 'images'), { recursive: true });
  const config = {
    version: '0.1',
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(directory, 'images') }, delete: { enabled: true } },
    http: { addr: `${host}:0` },
  };
  // JSON is YAML.
  writeFileSync(join(directory, 'config.yml'), JSON.stringify(config));
  const process = startProgram(
    'docker-registry',
    ['serve', join(directory, 'config.yml')],
    join(directory, 'registry.log'),
  );
  const address = await listeningAddress(process, 'the registry', host);
  return { address, directory, process };
}
