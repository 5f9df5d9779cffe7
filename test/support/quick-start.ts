import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { startEc2Proofs, type Ec2Proofs } from '../fakes/ec2-proofs.ts';
import { startBuilder, type Builder } from '../testbed/builder.ts';
import { buildApplicationImage, buildTinyImage, pushImage } from '../testbed/images.ts';
import { command } from '../testbed/command.ts';
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
  /** The file with its CA's public certificate, on this machine. */
  readonly ca: string;
  /** By which its policy admits instances. */
  readonly ec2: Ec2Proofs;
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
  await shell(machine, quickStart('fleet', 'policy'));
  const ec2 = await startEc2Proofs(testbed);
  copyFileSync(ec2.signer, join(machine.root, 'etc/parbake/eu-central-1.pem'));
  const settings = join(machine.root, 'etc/default/parbake-coordinator');
  appendFileSync(settings, `AWS_ENDPOINT_URL_STS=${ec2.stsUrl}\n`);
  const listen = quickStart('fleet', 'listen', { '10.0.1.10': machine.address });
  // The shell's last command finds the coordinator once it listens.
  await shell(machine, listen.replace('parbake instances\n', ''));
  const look = (): Promise<string> => shell(machine, 'parbake instances');
  await waitFor('the coordinator to answer operators', () =>
    look().then(
      () => true,
      () => false,
    ),
  );
  const ca = join(machine.root, 'var/lib/parbake-coordinator-key/ca/ca.pem');
  return { machine, address: `${machine.address}:7443`, ca, ec2 };
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

/** A checkout, as far as the examples need one, with the CA of a coordinator beside it. */
export function makeCheckout(testbed: Testbed, coordinator: QuickStartCoordinator, deb: string): string {
  const checkout = testbed.makeDirectory('checkout');
  cpSync(join(import.meta.dirname, '../../packaging'), join(checkout, 'packaging'), { recursive: true });
  mkdirSync(join(checkout, 'dist'));
  copyFileSync(deb, join(checkout, 'dist', basename(deb)));
  copyFileSync(coordinator.ca, join(checkout, 'ca.pem'));
  return checkout;
}

/** What an image holds that somebody could prove themselves with: keys and tokens of ours, and exceptions of its seal for them. */
export function secretsIn({ root }: Builder): string[] {
  const settings = join(root, 'etc/parbake');
  const files = (existsSync(settings) ? readdirSync(settings) : []).filter(
    (name) => name.includes('token') || readFileSync(join(settings, name), 'utf8').includes('PRIVATE KEY'),
  );
  const manifest = readFileSync(join(root, 'usr/lib/parbake/manifest.json'), 'utf8');
  const { seal } = JSON.parse(manifest) as { seal: { kept: string[] } };
  return [...files, ...seal.kept.filter((rule) => rule.startsWith('secret:'))];
}

interface Launch {
  /** The fakes of EC2 that vouch for the instance; undefined for a machine elsewhere. */
  ec2: Ec2Proofs | undefined;
  /** What else a boot does once the agent runs. */
  afterAgent?: (instance: Builder) => Promise<void>;
}

/** Launches an instance from the image that a builder's disk became, and starts what its boot would. */
export async function launchInstance(
  testbed: Testbed,
  builder: Builder,
  instanceId: string,
  { ec2, afterAgent = () => Promise.resolve() }: Launch,
): Promise<Builder> {
  const instance = await startBuilder(testbed, instanceId, builder);
  addServices(instance);
  // Without a metadata service the question for it is answered at once.
  if (ec2 === undefined) await instance.run('ip', 'route', 'add', 'unreachable', '169.254.169.254');
  else await leadToMetadata(instance, await ec2.vouchFor(instanceId, instance.address));
  await instance.run('service', 'docker', 'start');
  await shell(instance, 'systemctl start parbake-agent');
  await afterAgent(instance);
  return instance;
}

/** Connects the address of the metadata service, inside an instance, to a fake of it. */
async function leadToMetadata({ namespace }: Builder, url: string): Promise<void> {
  const service = ['-p', 'tcp', '-d', '169.254.169.254', '--dport', '80'];
  const rule = ['-A', 'OUTPUT', ...service, '-j', 'DNAT', '--to-destination', new URL(url).host];
  await command('nsenter', [`--net=/run/netns/${namespace}`, 'iptables', '-t', 'nat', ...rule]);
}

interface Listed {
  instances: { instanceId: string; state: string; connected: boolean }[];
}
interface Assigned {
  endpoints: { host: string; port: number }[];
}

/**
 * Waits until the instance is READY with a certificate of its own, assigns it as docs/quickstart-fleet.md does, and returns what
 * its user is answered.
 */
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
  if (!log().includes('"certificate received"')) throw new Error(`the instance has not attested: ${log()}`);
  const said = await shell(machine, quickStart('fleet', 'assign'));
  const [endpoint] = (JSON.parse(said) as Assigned).endpoints;
  if (endpoint === undefined) throw new Error(`no endpoint: ${said}`);
  return await waitFor('the application to answer', () =>
    fetch(`http://${endpoint.host}:${endpoint.port}/`)
      .then((answer) => answer.text())
      .catch(() => false as const),
  );
}
