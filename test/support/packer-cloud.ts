import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeInstancesCommand, DescribeKeyPairsCommand } from '@aws-sdk/client-ec2';
import type { Builder } from '../testbed/builder.ts';
import { command, runToEnd, type Ended } from '../testbed/command.ts';
import { startMoto, type Moto } from '../testbed/moto.ts';
import { pythonPackages } from '../testbed/python-packages.ts';
import type { Testbed } from '../testbed/testbed.ts';
import { waitFor } from '../testbed/wait.ts';

/** Debian's account, which the template takes its image from. */
const debian = '136693071363';
const packerFolder = join(import.meta.dirname, '../../packaging/packer');

/** A fake of EC2 that has Debian's image, and where Packer's connection to an instance leads to a machine of the test bed. */
export interface PackerCloud {
  readonly moto: Moto;
  readonly env: NodeJS.ProcessEnv;
  /** Runs a command of Packer; `builder` lets Packer in as soon as it has launched its instance. */
  run(builder: Builder, program: string, args: readonly string[], cwd: string): Promise<Ended>;
  instances(): Promise<{ state: string | undefined; keyName: string | undefined }[]>;
}

export async function startPackerCloud(testbed: Testbed): Promise<PackerCloud> {
  const aws = await pythonPackages(['awscli==1.46.3']);
  const moto = await startMoto(testbed.directory, {
    host: testbed.hostAddress,
    images: [
      {
        ami_id: 'ami-0123456789abcdef0',
        name: 'debian-12-amd64-20261101',
        owner_id: debian,
        architecture: 'x86_64',
        root_device_type: 'ebs',
        root_device_name: '/dev/xvda',
        virtualization_type: 'hvm',
      },
    ],
  });
  testbed.onClose(() => moto.close());
  const endpoint = moto.env['AWS_ENDPOINT_URL_EC2'] ?? '';
  const env: NodeJS.ProcessEnv = {
    PATH: `${join(aws, 'bin')}:${process.env['PATH'] ?? ''}`,
    PYTHONPATH: aws,
    HOME: testbed.makeDirectory('packer-home'),
    CHECKPOINT_DISABLE: '1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL: endpoint,
    PKR_VAR_ec2_endpoint: endpoint,
  };
  const instances: PackerCloud['instances'] = async () => {
    const { Reservations = [] } = await moto.client.send(new DescribeInstancesCommand({}));
    return Reservations.flatMap(({ Instances = [] }) =>
      Instances.map(({ State, KeyName }) => ({ state: State?.Name, keyName: KeyName })),
    );
  };

  /** Does what cloud-init does with the key that an instance was launched with. */
  async function letIn(builder: Builder, isOver: () => boolean): Promise<void> {
    const launched = await waitFor('Packer to launch an instance', async () =>
      isOver() ? 'none' : (await instances()).find(({ state }) => state === 'running'),
    );
    if (launched === 'none' || launched.keyName === undefined) return;
    const asked = new DescribeKeyPairsCommand({ KeyNames: [launched.keyName], IncludePublicKey: true });
    builder.authorize((await moto.client.send(asked)).KeyPairs?.[0]?.PublicKey ?? '');
  }

  return {
    moto,
    env,
    instances,
    async run(builder, program, args, cwd) {
      const { name } = await testbed.addNamespace();
      const inside = `--net=/run/netns/${name}`;
      const led = ['-p', 'tcp', '--dport', '22', '-j', 'DNAT', '--to-destination', builder.address];
      await command('nsenter', [inside, 'iptables', '-t', 'nat', '-A', 'OUTPUT', ...led]);
      let ended = false;
      const running = runToEnd('nsenter', [inside, program, ...args], { cwd, env });
      const finish = running.finally(() => (ended = true));
      const booted = letIn(builder, () => ended);
      const done = await finish;
      await booted;
      return done;
    },
  };
}

/**
 * Copies the template without what came after the last Packer under a free licence.
 * @throws Error when the template no longer has it
 */
export function copyOlderTemplate(into: string): void {
  cpSync(packerFolder, into, { recursive: true, filter: (source) => !source.endsWith('plugins.pkr.hcl') });
  const file = join(into, 'parbake.pkr.hcl');
  let text = readFileSync(file, 'utf8');
  for (const newer of [/^  metadata_options \{\n.*?^  \}\n/ms, /^  imds_support .*\n/m]) {
    if (!newer.test(text)) throw new Error(`the template has no ${String(newer)}`);
    text = text.replace(newer, '');
  }
  writeFileSync(file, text);
}
