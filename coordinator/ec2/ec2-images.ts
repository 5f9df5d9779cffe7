import {
  CreateImageCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  GetConsoleOutputCommand,
  paginateDescribeImages,
  paginateDescribeInstances,
  type EC2Client,
  type Image,
} from '@aws-sdk/client-ec2';
import { ProviderError, type MachineImage, type Provider } from '../core/pool/provider.ts';
import { asked } from './asked.ts';
import { tag } from './machine-tags.ts';

type ImageCalls = Pick<Provider, 'createImage' | 'images' | 'removeImage' | 'machinesOf' | 'console'>;

/** What EC2 does with machine images. CreateImage takes no client token, so the name makes it repeatable. */
export function ec2Images(client: EC2Client): ImageCalls {
  const describe = async (filter: { Name: string; Values: string[] }): Promise<Image[]> =>
    await asked('DescribeImages', async () => {
      const found: Image[] = [];
      const pages = paginateDescribeImages(
        { client, pageSize: 500 },
        { Owners: ['self'], Filters: [filter] },
      );
      for await (const { Images = [] } of pages) found.push(...Images);
      return found;
    });
  const byName = async (name: string, buildId: string): Promise<string | undefined> => {
    const [found] = await describe({ Name: 'name', Values: [name] });
    if (found?.ImageId === undefined) return undefined;
    if (tagsOf(found).get(tag.build) === buildId) return found.ImageId;
    throw new ProviderError('spec', 'InvalidAMIName.Duplicate', `another image has the name ${name}`);
  };
  return {
    async createImage({ name, instanceId, fleetId, buildId }) {
      const known = await byName(name, buildId);
      if (known !== undefined) return known;
      const Tags = [
        { Key: tag.fleet, Value: fleetId },
        { Key: tag.build, Value: buildId },
      ];
      const command = new CreateImageCommand({
        Name: name,
        InstanceId: instanceId,
        // Without tags of its own, nobody would find a snapshot again whose image failed.
        TagSpecifications: (['image', 'snapshot'] as const).map((ResourceType) => ({ ResourceType, Tags })),
      });
      try {
        const { ImageId = '' } = await asked('CreateImage', () => client.send(command));
        return ImageId;
      } catch (cause) {
        if (!(cause instanceof ProviderError) || cause.code !== 'InvalidAMIName.Duplicate') throw cause;
        const made = await byName(name, buildId);
        if (made === undefined) throw cause;
        return made;
      }
    },
    async images(fleetId) {
      return (await describe({ Name: `tag:${tag.fleet}`, Values: [fleetId] })).map(toImage);
    },
    async removeImage({ imageId, snapshotIds }) {
      const ImageId = imageId;
      await unlessGone('InvalidAMIID.', () =>
        asked('DeregisterImage', () => client.send(new DeregisterImageCommand({ ImageId }))),
      );
      for (const SnapshotId of snapshotIds)
        await unlessGone('InvalidSnapshot.NotFound', () =>
          asked('DeleteSnapshot', () => client.send(new DeleteSnapshotCommand({ SnapshotId }))),
        );
    },
    async machinesOf(imageId) {
      return await asked('DescribeInstances', async () => {
        const found: string[] = [];
        const Filters = [
          { Name: 'image-id', Values: [imageId] },
          { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
        ];
        for await (const page of paginateDescribeInstances({ client, pageSize: 1000 }, { Filters }))
          for (const { Instances = [] } of page.Reservations ?? [])
            found.push(...Instances.map(({ InstanceId = '' }) => InstanceId));
        return found;
      });
    },
    async console(instanceId) {
      const command = new GetConsoleOutputCommand({ InstanceId: instanceId });
      const { Output = '' } = await asked('GetConsoleOutput', () => client.send(command));
      return Buffer.from(Output, 'base64').toString();
    },
  };
}

async function unlessGone(code: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    if (!(cause instanceof ProviderError) || !cause.code.startsWith(code)) throw cause;
  }
}

function toImage(image: Image): MachineImage {
  const { ImageId = '', Name = '', State, StateReason, BlockDeviceMappings = [] } = image;
  const state = State === 'available' || State === 'pending' ? State : 'failed';
  return {
    imageId: ImageId,
    name: Name,
    buildId: tagsOf(image).get(tag.build) ?? '',
    state,
    reason: state === 'failed' ? (StateReason?.Message ?? State ?? 'unknown') : '',
    snapshotIds: BlockDeviceMappings.flatMap(({ Ebs }) =>
      Ebs?.SnapshotId === undefined ? [] : [Ebs.SnapshotId],
    ),
  };
}

function tagsOf({ Tags = [] }: Image): Map<string, string> {
  return new Map(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}
