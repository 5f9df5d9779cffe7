import type { ChannelCredentials } from '@grpc/grpc-js';
import { clientCredentials } from '../../proto/wire/channel.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { parseOptions } from '../../proto/process/arguments.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { readTls } from '../../proto/wire/tls-files.ts';
import { gatePath } from '../gate/places.ts';
import type { IdentitySource } from '../session/identity.ts';
import { checkImds } from '../host/imds.ts';
import { givenRoot, type Root } from '../host/root.ts';

export const runHelp = `
Usage: parbake-agent run --coordinator ADDRESS [options]

The daemon of an instance: checks in, waits for an order, starts the role's containers with the user's environment,
and reports what each step took. Ends on SIGTERM and leaves the containers running.

Options (also from the environment, as PARBAKE_COORDINATOR and so on):
  --coordinator ADDRESS   host:port or unix:PATH
  --instance-id ID        used where no instance metadata service answers within 5 s
  --imds URL|off          where that service is (default http://169.254.169.254)
  --address IP            where the containers' ports are reached (default: from IMDS, or the default route's; IPv4 first)
  --tls-ca FILE, --tls-cert FILE, --tls-key FILE
                          the coordinator's CA, this agent's certificate and key (PEM)
  --root DIR              root of the instance (default /)
  --docker-socket PATH    the Engine's socket (default run/docker.sock below the root)
  --state-dir DIR         what the agent remembers (default var/lib/parbake below the root)
  --gate PATH             the gate's program (default usr/lib/parbake/gate below the root)
  --prepare-memory MIB    what prepared containers may take together (default: half of what is free at the start)
  --replay on|off         read ahead at boot what was recorded at bake (default on)
  --samples on|off        report what the host and its containers use, each second or 15 s (default on)
  --on-release keep|poweroff
                          what happens to the machine once its assignment is over and the coordinator says that nothing
                          points to it any more (default keep). With "terminate" as its shutdown behaviour, EC2 ends an
                          instance that powers off
  --poweroff-program PATH run in place of "systemctl poweroff"
  --socket PATH           for "parbake-agent status" (default run/parbake/agent.sock below the root)

Example:
  parbake-agent run --coordinator unix:/run/parbake/coordinator.sock --instance-id dev-1 --imds off
`;

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
}

/** @throws ParbakeError USAGE, TLS_UNREADABLE, TLS_INVALID, INSECURE_ADDRESS */
export async function readRunOptions(args: string[], env: CommandContext['env']): Promise<RunOptions> {
  const { values, positionals } = parseOptions('parbake-agent run', args, {
    coordinator: { type: 'string' },
    'instance-id': { type: 'string' },
    imds: { type: 'string', default: '' },
    address: { type: 'string' },
    'tls-ca': { type: 'string' },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
    root: { type: 'string', default: '/' },
    'docker-socket': { type: 'string' },
    'state-dir': { type: 'string' },
    socket: { type: 'string' },
    gate: { type: 'string' },
    'prepare-memory': { type: 'string' },
    replay: { type: 'string', default: 'on' },
    samples: { type: 'string', default: 'on' },
    'on-release': { type: 'string' },
    'poweroff-program': { type: 'string' },
  });
  if (positionals.length > 0) throw new ParbakeError('USAGE', `run takes no "${positionals[0] ?? ''}"`);
  const address = given(values.coordinator, env['PARBAKE_COORDINATOR']);
  if (address === undefined) throw new ParbakeError('USAGE', 'run needs --coordinator ADDRESS');
  for (const name of ['replay', 'samples'] as const)
    if (values[name] !== 'on' && values[name] !== 'off')
      throw new ParbakeError('USAGE', `--${name} takes on or off, not "${values[name]}"`);
  const onRelease = given(values['on-release'], env['PARBAKE_ON_RELEASE']) ?? 'keep';
  if (onRelease !== 'keep' && onRelease !== 'poweroff')
    throw new ParbakeError('USAGE', `--on-release takes keep or poweroff, not "${onRelease}"`);
  const powerOffProgram = given(values['poweroff-program']);
  checkImds(values.imds);
  const prepareMemoryBytes = bytesOf(values['prepare-memory']);
  const tls = await readAgentTls({
    ca: given(values['tls-ca'], env['PARBAKE_TLS_CA']),
    certificate: given(values['tls-cert'], env['PARBAKE_TLS_CERT']),
    key: given(values['tls-key'], env['PARBAKE_TLS_KEY']),
  });
  const root = givenRoot(values.root);
  return {
    address,
    credentials: clientCredentials(address, tls),
    source: { imds: values.imds, instanceId: given(values['instance-id'], env['PARBAKE_INSTANCE_ID']) },
    ownAddress: given(values.address),
    root,
    dockerSocket: given(values['docker-socket']) ?? root.path('/run/docker.sock'),
    stateDir: given(values['state-dir']) ?? root.path('/var/lib/parbake'),
    statusSocket: given(values.socket) ?? root.path('/run/parbake/agent.sock'),
    gate: given(values.gate) ?? root.path(gatePath),
    prepareMemoryBytes,
    replays: values.replay === 'on',
    samples: values.samples === 'on',
    powerOff:
      onRelease === 'keep'
        ? undefined
        : powerOffProgram === undefined
          ? ['systemctl', 'poweroff']
          : [powerOffProgram],
  };
}

/** A variable that is set to nothing, as in a file of defaults, gives nothing. */
function given(...values: (string | undefined)[]): string | undefined {
  return values.find((value) => value !== undefined && value !== '');
}

/** A certificate may come after the agent: user data often writes it. @throws ParbakeError TLS_UNREADABLE; else as `readTls` */
async function readAgentTls(paths: Parameters<typeof readTls>[0]): ReturnType<typeof readTls> {
  return await readTls(paths).catch((cause: unknown) => {
    if (!(cause instanceof ParbakeError) || cause.code !== 'FILE_UNREADABLE') throw cause;
    throw new ParbakeError('TLS_UNREADABLE', cause.message, { cause });
  });
}

/** @param mib as it was given. @throws ParbakeError USAGE */
function bytesOf(mib: string | undefined): number | undefined {
  if (mib === undefined) return undefined;
  if (!/^\d{1,9}$/.test(mib)) throw new ParbakeError('USAGE', `--prepare-memory takes MiB, not "${mib}"`);
  return Number(mib) * 1024 ** 2;
}
