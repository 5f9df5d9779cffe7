import {
  CreateTagsCommand,
  DeleteTagsCommand,
  EC2Client,
  EC2ServiceException,
  paginateDescribeInstances,
  type Instance as Ec2Instance,
} from '@aws-sdk/client-ec2';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { Ec2Facts } from '../core/model.ts';
import type { TagChange } from './ec2-tags.ts';
import { reasonOf } from '../../proto/errors/cause.ts';

/** What the coordinator asks of EC2 and tells it. Every call has a deadline and throws ParbakeError EC2_FAILED. */
export interface Ec2Api {
  /** @returns what EC2 knows, by instance id; ids that it does not know are absent */
  describe(instanceIds: readonly string[]): Promise<Map<string, Ec2Facts>>;
  changeTags(instanceId: string, change: TagChange): Promise<void>;
  close(): void;
}

/**
 * EC2 of one region. Credentials and endpoint come from where AWS's own tools take them: environment, shared files,
 * the instance's role.
 */
export function ec2Api(region: string): Ec2Api {
  const client = new EC2Client({
    region,
    retryMode: 'adaptive',
    maxAttempts: 4,
    // Without the last of these, a timeout is only a warning of the SDK's.
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
  });
  return {
    async describe(instanceIds) {
      return await asked('DescribeInstances', async () => {
        const found = new Map<string, Ec2Facts>();
        // A filter: an id that EC2 does not know yet is absent then, and does not fail the whole batch.
        const Filters = [{ Name: 'instance-id', Values: [...instanceIds] }];
        for await (const page of paginateDescribeInstances({ client, pageSize: 1000 }, { Filters })) {
          const instances = (page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
          for (const instance of instances) found.set(instance.InstanceId ?? '', toFacts(instance));
        }
        return found;
      });
    },
    async changeTags(instanceId, { set, remove }) {
      const Resources = [instanceId];
      const Tags = Object.entries(set).map(([Key, Value]) => ({ Key, Value }));
      await asked('CreateTags and DeleteTags', async () => {
        if (Tags.length > 0) await client.send(new CreateTagsCommand({ Resources, Tags }));
        if (remove.length > 0)
          await client.send(new DeleteTagsCommand({ Resources, Tags: remove.map((Key) => ({ Key })) }));
      });
    },
    close: () => client.destroy(),
  };
}

function toFacts(instance: Ec2Instance): Ec2Facts {
  return {
    state: instance.State?.Name ?? '',
    instanceType: instance.InstanceType ?? '',
    imageId: instance.ImageId ?? '',
    availabilityZone: instance.Placement?.AvailabilityZone ?? '',
    privateIpv4: instance.PrivateIpAddress ?? '',
    publicIpv4: instance.PublicIpAddress ?? '',
    launchTime: instance.LaunchTime?.getTime() ?? 0,
    tags: Object.fromEntries((instance.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    lookupTime: Date.now(),
  };
}

async function asked<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = cause instanceof EC2ServiceException ? `${cause.name}: ${cause.message}` : reasonOf(cause);
    throw new ParbakeError('EC2_FAILED', `EC2 refused ${what}: ${reason}`, { cause });
  }
}
