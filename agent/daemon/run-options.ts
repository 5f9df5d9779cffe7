import type { ChannelCredentials } from '@grpc/grpc-js';
import { clientCredentials } from '../../proto/wire/channel.ts';
import { ParbakeError, type ErrorCode } from '../../proto/errors/errors.ts';
import type { ValuesOf } from '../../proto/process/cli/command.ts';
import type { Settings } from '../../proto/process/cli/declaration.ts';
import type { LogLevel } from '../../proto/process/log.ts';
import type { runDeclaration } from './declarations.ts';
import { readTls } from '../../proto/wire/tls-files.ts';
import { gatePath } from '../gate/places.ts';
import type { IdentitySource } from '../session/identity.ts';
import { checkImds } from '../host/imds.ts';
import { givenRoot, type Root } from '../host/root.ts';

/** What the daemon was told, with everything that was left out filled in. */
export interface RunOptions {
  /** The coordinator's. */
  address: string;
  credentials: ChannelCredentials;
  source: IdentitySource;
  /** Where the containers' ports are reached; undefined to find it out. */
  ownAddress: string | undefined;
  root: Root;
  dockerSocket: string;
  stateDir: string;
  statusSocket: string;
  /** The gate's program on the instance. */
  gate: string;
  /** Memory for all prepared containers together, in bytes; undefined means half of what is free. */
  prepareMemoryBytes: number | undefined;
  /** Whether what was recorded at the bake is read ahead. */
  replays: boolean;
  /** Whether it reports what the host and its containers use over time. */
  samples: boolean;
  /** Run once the instance is released; undefined to keep the machine. */
  powerOff: readonly string[] | undefined;
  logLevel: LogLevel;
}

/** What the daemon was told, and by what. */
export interface Told {
  values: ValuesOf<typeof runDeclaration>;
  settings: Settings;
}

/** With everything that the daemon needs. */
export interface ToldEnough {
  options: RunOptions;
  settings: Settings;
}

/** What cloud-init or an operator may still bring or complete. */
const curable = new Set<string>([
  'COORDINATOR_NOT_SET',
  'TLS_UNREADABLE',
  'TLS_INVALID',
  'INSECURE_ADDRESS',
] satisfies ErrorCode[]);

/** Whether a fault of the settings may pass while the daemon waits. A command line stays as it is. */
export function mayArrive(cause: unknown, { coordinator }: Settings): boolean {
  return cause instanceof ParbakeError && curable.has(cause.code) && coordinator?.origin !== 'flag';
}

/** @throws ParbakeError USAGE, COORDINATOR_NOT_SET, TLS_UNREADABLE, TLS_INVALID, INSECURE_ADDRESS */
export async function readRunOptions(values: ValuesOf<typeof runDeclaration>): Promise<RunOptions> {
  const { coordinator: address, tlsCa: ca, tlsCert: certificate, tlsKey: key, tlsName: name } = values;
  checkImds(values.imds);
  if (address === undefined)
    throw new ParbakeError('COORDINATOR_NOT_SET', "the coordinator's address is not set");
  const tls = await readAgentTls({ ca, certificate, key, name });
  const root = givenRoot(values.root);
  return {
    address,
    credentials: clientCredentials(address, tls),
    source: { imds: values.imds, instanceId: values.instanceId },
    ownAddress: values.address,
    root,
    dockerSocket: values.dockerSocket ?? root.path('/run/docker.sock'),
    stateDir: values.stateDir ?? root.path('/var/lib/parbake'),
    statusSocket: statusSocketOf(values),
    gate: values.gate ?? root.path(gatePath),
    prepareMemoryBytes: values.prepareMemory,
    replays: values.replay === 'on',
    samples: values.samples === 'on',
    powerOff: values.onRelease === 'keep' ? undefined : powerOffCommand(values.poweroffProgram),
    logLevel: values.logLevel,
  };
}

/** @throws ParbakeError USAGE */
export function statusSocketOf({ socket, root }: ValuesOf<typeof runDeclaration>): string {
  return socket ?? givenRoot(root).path('/run/parbake/agent.sock');
}

/** The command line that ends the machine. */
function powerOffCommand(program: string | undefined): readonly string[] {
  return program === undefined ? ['systemctl', 'poweroff'] : [program];
}

/** A certificate may come after the agent: user data often writes it. @throws ParbakeError TLS_UNREADABLE; else as `readTls` */
async function readAgentTls(paths: Parameters<typeof readTls>[0]): ReturnType<typeof readTls> {
  return await readTls(paths).catch((cause: unknown) => {
    if (!(cause instanceof ParbakeError) || cause.code !== 'FILE_UNREADABLE') throw cause;
    throw new ParbakeError('TLS_UNREADABLE', cause.message, { cause });
  });
}
