import { buildTinyImage, pushImage } from '../testbed/images.ts';
import type { Testbed } from '../testbed/testbed.ts';

/** What the examples bake, in the versions that packaging/ansible/versions.yml has. */
export const productImages = ['swarm:1.2.9', 'google/cadvisor:v0.33.0', 'acme/app:1.4.2'];

/** @returns the registry that has them now, `host:port` */
export async function pushProductImages(testbed: Testbed): Promise<string> {
  const { address } = await testbed.registry();
  const workshop = await testbed.startEngine();
  for (const name of productImages) {
    await buildTinyImage(workshop, testbed.makeDirectory(`images/${name}`), `${address}/${name}`);
    await pushImage(workshop, `${address}/${name}`);
  }
  await workshop.stop();
  return address;
}
