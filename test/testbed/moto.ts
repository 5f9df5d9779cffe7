import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EC2Client } from '@aws-sdk/client-ec2';
import { startProgram, type Started } from './processes.ts';
import { pythonPackages } from './python-packages.ts';
import { freePort } from './registry.ts';
import { waitFor } from './wait.ts';

/** Moto, which answers EC2's API with instances that exist in its memory only. */
const requirements = ['moto[ec2]==5.2.5', 'flask==3.1.3', 'flask-cors==6.0.5'];

export interface Moto {
  readonly process: Started;
  /** What a program needs in its environment to take it for EC2. */
  readonly env: Readonly<Record<string, string>>;
  /** The machine image that its instances are launched from. */
  readonly client: EC2Client;
  close(): Promise<void>;
}

export const motoRegion = 'eu-central-1';

export interface MotoOptions {
  /** Another address than loopback, for what runs in a network namespace. */
  host?: string;
  /** Machine images, as moto has them in its own list, instead of those. */
  images?: readonly Readonly<Record<string, unknown>>[];
}

/** @param port to come back at after `close` */
export async function startMoto(
  directory: string,
  port?: number,
  { host = '127.0.0.1', images }: MotoOptions = {},
): Promise<Moto & { port: number }> {
  const list = join(directory, 'machine-images.json');
  if (images !== undefined) writeFileSync(list, JSON.stringify(images));
  const packages = await pythonPackages(requirements);
  const at = port ?? (await freePort(host));
  const endpoint = `http://${host}:${at}`;
  const process = startProgram(
    'python3',
    ['-m', 'moto.server', '-H', host, '-p', String(at)],
    join(directory, 'moto.log'),
    { ...globalThis.process.env, PYTHONPATH: packages, ...(images && { MOTO_AMIS_PATH: list }) },
  );
  await waitFor('moto to answer', async () => {
    if (process.ended() !== undefined) throw new Error(`moto ended: ${process.log()}`);
    return await fetch(`${endpoint}/moto-api/data.json`).then(
      (answer) => answer.ok,
      () => false,
    );
  });
  const client = new EC2Client({
    region: motoRegion,
    endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return {
    process,
    port: at,
    client,
    env: { AWS_ENDPOINT_URL_EC2: endpoint, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    async close() {
      client.destroy();
      await process.stop();
    },
  };
}
