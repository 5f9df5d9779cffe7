import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EC2Client } from '@aws-sdk/client-ec2';
import { listeningAddress } from './listening.ts';
import { startProgram, type Started } from './processes.ts';
import { pythonPackages } from './python-packages.ts';

/** Moto, which answers APIs of AWS with what exists in its memory only. */
const requirements = ['moto[ec2,ssm,secretsmanager]==5.2.5', 'flask==3.1.3', 'flask-cors==6.0.5'];

export interface Moto {
  readonly process: Started;
  /** Its URL. */
  readonly endpoint: string;
  /** What a program needs in its environment to take it for AWS. */
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

export async function startMoto(
  directory: string,
  { host = '127.0.0.1', images }: MotoOptions = {},
): Promise<Moto> {
  const list = join(directory, 'machine-images.json');
  if (images !== undefined) writeFileSync(list, JSON.stringify(images));
  const packages = await pythonPackages(requirements);
  const process = startProgram(
    'python3',
    ['-m', 'moto.server', '-H', host, '-p', '0'],
    join(directory, 'moto.log'),
    { ...globalThis.process.env, PYTHONPATH: packages, ...(images && { MOTO_AMIS_PATH: list }) },
  );
  const endpoint = `http://${await listeningAddress(process, 'moto', host)}`;
  const client = new EC2Client({
    region: motoRegion,
    endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return {
    process,
    client,
    endpoint,
    env: {
      AWS_ENDPOINT_URL_EC2: endpoint,
      AWS_ENDPOINT_URL_SSM: endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
      ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    },
    async close() {
      client.destroy();
      await process.stop();
    },
  };
}
