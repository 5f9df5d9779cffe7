import type { ChannelCredentials } from '@grpc/grpc-js';
import { readRequired } from '../../proto/process/required-file.ts';
import { attestAddressOf, attestByOf, type AttestBy } from '../session/attest-by.ts';
import { clientCredentials, type TlsFiles } from '../../proto/wire/channel.ts';
import { defined } from '../../proto/errors/defined.ts';
import { ParbakeError, type ErrorCode } from '../../proto/errors/errors.ts';
import type { ValuesOf } from '../../proto/process/cli/command.ts';
import type { Settings } from '../../proto/process/cli/declaration.ts';
import type { LogLevel } from '../../proto/process/log.ts';
import type { runDeclaration } from './declarations.ts';
import { certificateIn, readTls } from '../../proto/wire/tls-files.ts';
import { gatePath } from '../gate/places.ts';
import type { IdentitySource } from '../session/identity.ts';
import { checkImds } from '../host/imds.ts';
import { givenRoot, type Root } from '../host/root.ts';

/** What the daemon was told, with everything that was left out filled in. */
export interface RunOptions {
  /** The coordinator's. */
  address: string;
  proof: Proof;
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

/** How this instance proves who it is: with files that somebody put here, or by itself. */
export type Proof =
  | { kind: 'given'; credentials: ChannelCredentials }
  | { kind: 'attested'; by: AttestBy; address: string; tls: Pick<TlsFiles, 'ca' | 'name'> };

/** What the daemon was told, and by what. */
export interface Told {
  values: ValuesOf<typeof runDeclaration>;
  settings: Settings;
}

/** All settings that the daemon needs. */
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
  const { coordinator: address } = values;
  checkImds(values.imds);
  if (address === undefined)
    throw new ParbakeError('COORDINATOR_NOT_SET', "the coordinator's address is not set");
  const root = givenRoot(values.root);
  return {
    address,
    proof: await readProof(address, values),
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

/** @throws ParbakeError USAGE, TLS_UNREADABLE, TLS_INVALID, INSECURE_ADDRESS */
async function readProof(address: string, values: ValuesOf<typeof runDeclaration>): Promise<Proof> {
  const { attest, attestAddress, tlsCa: ca, tlsCert: certificate, tlsKey: key, tlsName: name } = values;
  if (attest === undefined) {
    if (attestAddress !== undefined) throw new ParbakeError('USAGE', '--attest-address is for --attest');
    const tls = await whenThere(readTls({ ca, certificate, key, name }));
    return { kind: 'given', credentials: clientCredentials(address, tls) };
  }
  if (certificate !== undefined || key !== undefined)
    throw new ParbakeError('USAGE', '--attest gets a certificate: leave out --tls-cert and --tls-key');
  if (ca === undefined)
    throw new ParbakeError('USAGE', '--attest needs --tls-ca, by which the coordinator is known');
  const pem = await whenThere(readRequired(ca));
  certificateIn(ca, pem);
  return {
    kind: 'attested',
    by: attestByOf(attest),
    address: attestAddress ?? attestAddressOf(address),
    tls: { ca: pem, ...defined({ name }) },
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

/** A certificate may come after the agent: user data often writes it. @throws ParbakeError TLS_UNREADABLE; else what reading throws */
async function whenThere<T>(reading: Promise<T>): Promise<T> {
  return await reading.catch((cause: unknown) => {
    if (!(cause instanceof ParbakeError) || cause.code !== 'FILE_UNREADABLE') throw cause;
    throw new ParbakeError('TLS_UNREADABLE', cause.message, { cause });
  });
}
