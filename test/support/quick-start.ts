import { copyFileSync, cpSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { startBuilder, type Builder } from '../testbed/builder.ts';
import { buildApplicationImage, buildTinyImage, pushImage } from '../testbed/images.ts';
import { coordinatorPackage } from '../testbed/parbake-packages.ts';
import type { Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';
import { quickStart } from './quick-start-docs.ts';

const systemctl = join(import.meta.dirname, '../testbed/systemctl.sh');

/** The coordinator of docs/quickstart-fleet.md, installed and started by the page's own commands. */
export interface QuickStartCoordinator {
  readonly machine: Builder;
  /** What agents dial. */
  readonly address: string;
  /** Files on this machine, for instances. */
  readonly files: Readonly<Record<'ca.pem' | 'agent.pem' | 'agent.key', string>>;
}

/** Lets a machine without systemd start and stop our services. */
function addServices(machine: Builder): void {
  mkdirSync(join(machine.root, 'usr/local/bin'), { recursive: true });
  copyFileSync(systemctl, join(machine.root, 'usr/local/bin/systemctl'));
}

export const shell = (machine: Builder, commands: string): Promise<string> =>
  machine.run(
    'bash',
    '-euc',
    `export PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\ncd /root\n${commands}`,
  );

export async function startQuickStartCoordinator(testbed: Testbed): Promise<QuickStartCoordinator> {
  const deb = await coordinatorPackage();
  const machine = await startBuilder(testbed, 'coordinator');
  addServices(machine);
  copyFileSync(deb, join(machine.root, 'root', basename(deb)));
  await shell(machine, quickStart('fleet', 'install'));
  await shell(machine, quickStart('fleet', 'certificates', { '10.0.1.10': machine.address }));
  // The shell's last command finds the coordinator once it listens.
  const listen = quickStart('fleet', 'listen').replace('parbake instances\n', '');
  await shell(machine, listen);
  const look = (): Promise<string> => shell(machine, 'parbake instances');
  await waitFor('the coordinator to answer operators', () =>
    look().then(
      () => true,
      () => false,
    ),
  );
  const file = (name: string): string => join(machine.root, 'etc/parbake', name);
  return {
    machine,
    address: `${machine.address}:7443`,
    files: { 'ca.pem': file('ca.pem'), 'agent.pem': file('agent.pem'), 'agent.key': file('agent.key') },
  };
}

/** Pushes what the examples bake; the application is one that answers. @returns the registry, `host:port` */
export async function pushQuickStartImages(testbed: Testbed): Promise<string> {
  const { address } = await testbed.registry();
  const workshop = await testbed.startEngine();
  for (const name of ['swarm:1.2.9', 'google/cadvisor:v0.33.0', 'acme/app:1.4.2']) {
    const build = name.startsWith('acme/') ? buildApplicationImage : buildTinyImage;
    await build(workshop, testbed.makeDirectory(`images/${name}`), `${address}/${name}`);
    await pushImage(workshop, `${address}/${name}`);
  }
  await workshop.stop();
  return address;
}

/** A checkout, as far as the examples need one, with the files of a coordinator beside it. */
export function makeCheckout(testbed: Testbed, coordinator: QuickStartCoordinator, deb: string): string {
  const checkout = testbed.makeDirectory('checkout');
  cpSync(join(import.meta.dirname, '../../packaging'), join(checkout, 'packaging'), { recursive: true });
  mkdirSync(join(checkout, 'dist'));
  copyFileSync(deb, join(checkout, 'dist', basename(deb)));
  for (const [name, file] of Object.entries(coordinator.files)) copyFileSync(file, join(checkout, name));
  return checkout;
}

/**
 * Launches an instance from the image that a builder's disk became, and starts what its boot would.
 * @param beforeAgent what else a boot does
 */
export async function launchInstance(
  testbed: Testbed,
  builder: Builder,
  instanceId: string,
  beforeAgent: (instance: Builder) => Promise<void> = () => Promise.resolve(),
): Promise<Builder> {
  const instance = await startBuilder(testbed, instanceId, builder);
  addServices(instance);
  // There is no metadata service here, and the question is answered at once.
  await instance.run('ip', 'route', 'add', 'unreachable', '169.254.169.254');
  await instance.run('service', 'docker', 'start');
  await shell(instance, `PARBAKE_INSTANCE_ID=${instanceId} systemctl start parbake-agent`);
  await beforeAgent(instance);
  return instance;
}

interface Listed {
  instances: { instanceId: string; state: string; connected: boolean }[];
}
interface Assigned {
  endpoints: { host: string; port: number }[];
}

/** Waits until the instance is READY, assigns it as docs/quickstart-fleet.md does, and returns what its user is answered. */
export async function assignAndAsk(coordinator: QuickStartCoordinator, instance: Builder): Promise<string> {
  const { machine } = coordinator;
  const log = (): string => readFileSync(join(instance.root, 'var/log/parbake-agent.log'), 'utf8');
  await waitFor('the instance to be READY', async () => {
    const listed = await shell(machine, 'parbake instances --json');
    const { instances } = JSON.parse(listed) as Listed;
    if (instances.some(({ state }) => state.endsWith('FAILED'))) throw new Error(log());
    return instances.some(({ state, connected }) => state.endsWith('READY') && connected);
  }).catch((cause: unknown) => {
    throw new Error(`the agent said: ${log()}`, { cause });
  });
  const said = await shell(machine, quickStart('fleet', 'assign'));
  const [endpoint] = (JSON.parse(said) as Assigned).endpoints;
  if (endpoint === undefined) throw new Error(`no endpoint: ${said}`);
  return await waitFor('the application to answer', () =>
    fetch(`http://${endpoint.host}:${endpoint.port}/`)
      .then((answer) => answer.text())
      .catch(() => false as const),
  );
}
