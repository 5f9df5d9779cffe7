import {
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
  paginateDescribeInstances,
  type _InstanceType,
  type EC2ClientConfig,
  type Instance as Ec2Instance,
  type ResourceType,
  type RunInstancesCommandInput,
  type VolumeType,
} from '@aws-sdk/client-ec2';
import {
  machineStates,
  ProviderError,
  type LaunchRequest,
  type Machine,
  type Provider,
} from '../core/pool/provider.ts';
import { asked } from './asked.ts';
import { ec2Images } from './ec2-images.ts';
import { tag } from './machine-tags.ts';

/** Milliseconds. RunInstances answers after 3 to 5 s for a batch; a call that is given up is made again, with its token. */
const usualDeadlines = { connect: 3_000, launch: 60_000, other: 20_000 };

/** Machines that one TerminateInstances names; EC2 takes 1,000, and refuses all for one id that it does not know. */
const maxTerminated = 100;

/**
 * EC2 of one region as a provider of machines. Each action has a client of its own: one that is throttled slows down no
 * other. Calls that a launch row drives are tried once here, because the row retries them.
 */
export function ec2Provider(region: string, deadlines = usualDeadlines): Provider {
  const clientOf = (config: EC2ClientConfig, requestTimeout: number): EC2Client =>
    new EC2Client({
      region,
      // Without the last of these, a timeout is only a warning of the SDK's.
      requestHandler: { connectionTimeout: deadlines.connect, requestTimeout, throwOnRequestTimeout: true },
      ...config,
    });
  const launcher = clientOf({ maxAttempts: 1 }, deadlines.launch);
  const lister = clientOf({ maxAttempts: 3 }, deadlines.other);
  const terminator = clientOf({ maxAttempts: 1 }, deadlines.other);
  const imager = clientOf({ maxAttempts: 3 }, deadlines.other);
  const terminate = async (InstanceIds: string[]): Promise<void> => {
    await asked('TerminateInstances', () => terminator.send(new TerminateInstancesCommand({ InstanceIds })));
  };
  return {
    async launch(request) {
      const { Instances = [] } = await asked('RunInstances', () =>
        launcher.send(new RunInstancesCommand(runInstances(request))),
      );
      return Instances.map(toMachine);
    },
    async list(fleetId) {
      return await asked('DescribeInstances', async () => {
        const found: Machine[] = [];
        const Filters = [{ Name: `tag:${tag.fleet}`, Values: [fleetId] }];
        for await (const page of paginateDescribeInstances({ client: lister, pageSize: 1000 }, { Filters }))
          for (const { Instances = [] } of page.Reservations ?? []) found.push(...Instances.map(toMachine));
        return found;
      });
    },
    async terminate(instanceIds) {
      for (let at = 0; at < instanceIds.length; at += maxTerminated) {
        const batch = instanceIds.slice(at, at + maxTerminated);
        await terminate(batch).catch(async (cause: unknown) => {
          if (!isNotFound(cause)) throw cause;
          for (const instanceId of batch.length === 1 ? [] : batch)
            await terminate([instanceId]).catch((each: unknown) => {
              if (!isNotFound(each)) throw each;
            });
        });
      }
    },
    ...ec2Images(imager),
    close() {
      for (const client of [launcher, lister, terminator, imager]) client.destroy();
    },
  };
}

/** The same request always makes the same call: EC2 compares what comes with a token that it knows. */
export function runInstances(request: LaunchRequest): RunInstancesCommandInput {
  const { token, count, imageId, instanceType, market, subnetId, instanceProfile, disk, userData } = request;
  const Tags = Object.entries({
    ...request.tags,
    [tag.fleet]: request.fleetId,
    [tag.pool]: request.pool,
    [tag.launch]: request.launchId,
    [tag.spec]: request.specHash,
  }).map(([Key, Value]) => ({ Key, Value }));
  const tagged: ResourceType[] = market === 'spot' ? [...onDisk, spotRequest] : onDisk;
  return {
    ClientToken: token,
    MinCount: 1,
    MaxCount: count,
    ImageId: imageId,
    InstanceType: instanceType as _InstanceType,
    SubnetId: subnetId,
    ...(request.securityGroupIds.length > 0 ? { SecurityGroupIds: [...request.securityGroupIds] } : {}),
    ...(instanceProfile === '' ? {} : { IamInstanceProfile: { Name: instanceProfile } }),
    ...(userData === '' ? {} : { UserData: Buffer.from(userData).toString('base64') }),
    ...(disk === undefined ? {} : { BlockDeviceMappings: [blockDevice(disk)] }),
    // Unless it is a builder, a machine that powers itself off is gone, and so is its disk.
    InstanceInitiatedShutdownBehavior: request.onPowerOff ?? 'terminate',
    MetadataOptions: {
      HttpEndpoint: 'enabled',
      HttpTokens: 'required',
      HttpPutResponseHopLimit: 1,
      InstanceMetadataTags: 'enabled',
    },
    ...(market === 'spot' ? { InstanceMarketOptions: oneTimeSpot } : {}),
    TagSpecifications: tagged.map((ResourceType) => ({ ResourceType, Tags })),
  };
}

const spotRequest: ResourceType = 'spot-instances-request';
const onDisk: ResourceType[] = ['instance', 'volume'];

/** EC2 relaunches the machine of a persistent request after its termination, and without tags. */
const oneTimeSpot = {
  MarketType: 'spot',
  SpotOptions: { SpotInstanceType: 'one-time', InstanceInterruptionBehavior: 'terminate' },
} satisfies RunInstancesCommandInput['InstanceMarketOptions'];

function blockDevice({ device, gib, type, iops, throughput }: NonNullable<LaunchRequest['disk']>) {
  return {
    DeviceName: device,
    Ebs: {
      DeleteOnTermination: true,
      VolumeSize: gib,
      VolumeType: type as VolumeType,
      ...(iops > 0 ? { Iops: iops } : {}),
      ...(throughput > 0 ? { Throughput: throughput } : {}),
    },
  };
}

function toMachine(instance: Ec2Instance): Machine {
  const tags = new Map((instance.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
  const state = machineStates.find((one) => one === instance.State?.Name);
  return {
    instanceId: instance.InstanceId ?? '',
    // A state that EC2 invents is not the end of a machine.
    state: state ?? 'running',
    launchId: tags.get(tag.launch) ?? '',
    pool: tags.get(tag.pool) ?? '',
    specHash: tags.get(tag.spec) ?? '',
    imageId: instance.ImageId ?? '',
    instanceType: instance.InstanceType ?? '',
    market: instance.InstanceLifecycle === 'spot' ? 'spot' : 'on-demand',
    subnetId: instance.SubnetId ?? '',
    zone: instance.Placement?.AvailabilityZone ?? '',
    launchTime: instance.LaunchTime?.getTime() ?? 0,
    isAssigned: tags.has('parbake:assignment'),
  };
}

function isNotFound(cause: unknown): boolean {
  return cause instanceof ProviderError && cause.code === 'InvalidInstanceID.NotFound';
}
