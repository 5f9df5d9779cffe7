import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { credentials } from '@grpc/grpc-js';
import { clientOptions } from '../../proto/wire/channel.ts';
import { parbakeV1 } from '../../proto/wire/loader.ts';
import { makeCertificates, type Certificates } from './certificates.ts';
import { startCoordinatorProcess, type CoordinatorProcess } from './coordinator-process.ts';
import type { Engine } from './engine.ts';
import type { Started } from './processes.ts';
import { reserveLoopback } from './reservation.ts';
import type { Testbed } from './testbed.ts';

const project = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const agentProgram = join(project, 'agent/main.ts');

export interface Coordinator {
  readonly process: CoordinatorProcess;
  /** Address for operators on this machine, in plaintext. */
  readonly address: string;
  /** Address for agents, with TLS. */
  readonly agentAddress: string;
  /** Address for browsers on this machine. */
  readonly pageAddress: string;
  readonly certificates: Certificates;
  readonly clients: ReturnType<typeof connectCoordinator>;
}

/**
 * @param again the one whose addresses and certificates to take up after its end
 * @param options of serve beside those of its addresses
 * @param directory of its store, where the test bed has more than one
 */
export async function startCoordinator(
  testbed: Testbed,
  again?: Pick<Coordinator, 'address' | 'agentAddress' | 'pageAddress' | 'certificates'>,
  options: readonly string[] = [],
  directory = testbed.directory,
): Promise<Coordinator> {
  const certificates = again?.certificates ?? makeCertificates(testbed.makeDirectory('certificates'));
  const loopback = again === undefined ? await reserveLoopback() : '';
  const { ca, server } = certificates;
  const process = await startCoordinatorProcess(directory, [
    ...['--listen', again?.address ?? `${loopback}:0`],
    ...['--tls-listen', again?.agentAddress ?? `${testbed.hostAddress}:0`],
    '--shared-agent-certificate',
    ...options,
    ...['--http', again?.pageAddress ?? `${loopback}:0`, '--http-access', 'open'],
    ...['--tls-ca', ca, '--tls-cert', server.certificate, '--tls-key', server.key],
  ]);
  const [address = '', agentAddress = ''] = process.addresses;
  const pageAddress = new URL(process.urls[0] ?? '').host;
  const clients = connectCoordinator(address);
  testbed.onClose(async () => {
    clients.close();
    await process.stop();
  });
  return { process, address, agentAddress, pageAddress, certificates, clients };
}

export interface AgentOptions {
  /** Another than the sources, such as a bundle. */
  program?: string;
  /** Options of Node itself, as in the unit. */
  nodeOptions?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** No other variable than these and PATH, as systemd starts a service. */
  isEnvComplete?: boolean;
  /** A program that starts Node, such as one that takes rights away. */
  through?: readonly string[];
  /** Options that prove the instance, in place of a certificate that the test bed issues. */
  proof?: readonly string[] | undefined;
  /** Added to `run`. */
  options?: readonly string[];
}

/** Starts an agent in its Engine's network namespace, as a clone's systemd unit would. */
export function startAgent(
  testbed: Testbed,
  engine: Engine,
  coordinator: Pick<Coordinator, 'agentAddress' | 'certificates'>,
  instanceId: string,
  {
    program = agentProgram,
    nodeOptions = [],
    env = {},
    isEnvComplete = false,
    through = [],
    proof,
    options = [],
  }: AgentOptions = {},
): Started {
  const { ca } = coordinator.certificates;
  const cleared = isEnvComplete ? ['-i', `PATH=${process.env['PATH'] ?? ''}`] : [];
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const started = engine.startInside(
    'env',
    [
      ...cleared,
      ...settings,
      ...through,
      process.execPath,
      ...nodeOptions,
      program,
      'run',
      '--root',
      engine.root,
      '--imds',
      'off',
      '--instance-id',
      instanceId,
    ]
      .concat(['--coordinator', coordinator.agentAddress, '--address', engine.address])
      .concat(['--tls-ca', ca], proof ?? issued(coordinator.certificates, instanceId), options),
    join(testbed.directory, `${instanceId}.log`),
  );
  testbed.onClose(() => started.stop());
  return started;
}

function issued(certificates: Certificates, instanceId: string): string[] {
  const { certificate, key } = certificates.issue(`agent/${instanceId}`);
  return ['--tls-cert', certificate, '--tls-key', key];
}

/** The API's clients, on one channel each. */
export function connectCoordinator(address: string) {
  const v1 = parbakeV1(
    ...(['AssignmentService', 'FleetService', 'PreviewService', 'RouteService'] as const),
    ...(['TelemetryService', 'TrustService'] as const),
  );
  const make = <T>(
    Client: new (address: string, creds: ReturnType<typeof credentials.createInsecure>, options: object) => T,
  ): T => new Client(address, credentials.createInsecure(), clientOptions(address));
  const assignments = make(v1.AssignmentService);
  const fleet = make(v1.FleetService);
  const previews = make(v1.PreviewService);
  const routes = make(v1.RouteService);
  const telemetry = make(v1.TelemetryService);
  const trust = make(v1.TrustService);
  return {
    assignments,
    fleet,
    previews,
    routes,
    telemetry,
    trust,
    close: () => {
      for (const client of [assignments, fleet, previews, routes, telemetry, trust]) client.close();
    },
  };
}
