import { parseImageRef, type ImageRef } from '../../proto/recipe/image-ref.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { buildApplicationImage, buildTinyImage, pullImage, pushImage } from '../testbed/images.ts';
import type { Engine } from '../testbed/engine.ts';
import { startProxy } from '../testbed/proxy.ts';
import type { Testbed } from '../testbed/testbed.ts';
import { startOutlet } from './outlet.ts';
import type { Screen } from './screen.ts';

/** The image that the demo bakes and assigns, in the demo's own registry. */
export interface DemoImage {
  ref: string;
  /** Where its HTTP server listens. */
  port: number;
  sizeBytes: number;
  layers: number;
  /** Whether the page tells the user's name, which is how the demo's own application answers. */
  greetsUser: boolean;
}

/** Small images whose versions come from variables, as a recipe of many images has them. */
export const sidecars = {
  repositories: ['swarm:${SWARM_VERSION}', 'google/cadvisor:${CADVISOR_VERSION}'],
  /** An image of a role of its own that the bake leaves out: each instance pulls it, which "parbake advise" reports. */
  leftOut: 'acme/report:2.0',
  variables: { SWARM_VERSION: '1.2.9', CADVISOR_VERSION: 'v0.33.0' },
};

/** Builds and pushes everything that the recipe lists, on an Engine that is stopped afterwards. */
export async function publishImages(
  testbed: Testbed,
  own: string | undefined,
  screen: Screen,
): Promise<DemoImage> {
  const { address: registry } = await testbed.registry();
  const found = own === undefined ? undefined : parseOwn(own);
  const engine = await testbed.startEngine(await reachOutside(testbed, found));
  for (const [index, repository] of [...sidecars.repositories, sidecars.leftOut].entries()) {
    const name = repository.replace(
      /\$\{(\w+)\}/g,
      (_, key: keyof typeof sidecars.variables) => sidecars.variables[key],
    );
    screen.status(`building ${name}`);
    await buildTinyImage(engine, testbed.makeDirectory(`build-${index}`), `${registry}/${name}`);
    await pushImage(engine, `${registry}/${name}`);
  }
  const ref = found === undefined ? `${registry}/acme/app:1.4.2` : `${registry}/own/${found.path}:demo`;
  if (found === undefined) {
    screen.status('building an HTTP server on Node');
    await buildApplicationImage(engine, testbed.makeDirectory('build-app'), ref);
  } else {
    screen.status(`pulling ${own ?? ''}`);
    await takeOwn(testbed, engine, found, ref);
  }
  screen.status(`pushing ${ref}`);
  await pushImage(engine, ref);
  const { Size, RootFS, Config } = await engine.docker.getImage(ref).inspect();
  const image = { ref, sizeBytes: Size, layers: RootFS.Layers?.length ?? 0, greetsUser: own === undefined };
  const port = lowestPort(Object.keys(Config.ExposedPorts ?? {}));
  await engine.stop();
  if (port === undefined)
    throw new ParbakeError('USAGE', `${own ?? ref} exposes no TCP port, so the demo has no page to fetch`);
  return { ...image, port };
}

function parseOwn(text: string): ImageRef {
  const parsed = parseImageRef(text);
  if (parsed.ok) return parsed.ref;
  throw new ParbakeError('USAGE', `--image ${text} is not an image reference: ${parsed.reason}`);
}

/** Only the Engine that fetches a person's own image gets a way out of the demo's network. */
async function reachOutside(testbed: Testbed, own: ImageRef | undefined) {
  if (own === undefined) return {};
  const outlet = await startOutlet(testbed.hostAddress, process.env);
  testbed.onClose(() => outlet.close());
  const proxy = `http://${outlet.address}`;
  return { env: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: `${testbed.hostAddress}/24` } };
}

async function takeOwn(testbed: Testbed, engine: Engine, own: ImageRef, ref: string): Promise<void> {
  const isHere = /^(localhost|127\.[\d.]+)(:\d+)?$/.test(own.domain);
  // A registry on this machine's loopback is relayed to where the Engine can reach it.
  const domain = isHere ? (await relayed(testbed, own.domain)).address : own.domain;
  const version = own.digest === undefined ? `:${own.tag ?? 'latest'}` : `@${own.digest}`;
  const source = `${domain}/${own.path}${version}`;
  await pullImage(engine, source);
  const colon = ref.lastIndexOf(':');
  await engine.docker.getImage(source).tag({ repo: ref.slice(0, colon), tag: ref.slice(colon + 1) });
}

async function relayed(testbed: Testbed, domain: string) {
  const target = domain.replace('localhost', '127.0.0.1');
  const proxy = await startProxy(testbed.hostAddress, target.includes(':') ? target : `${target}:80`);
  testbed.onClose(() => proxy.close());
  return proxy;
}

function lowestPort(exposed: readonly string[]): number | undefined {
  const ports = exposed.filter((one) => one.endsWith('/tcp')).map((one) => Number.parseInt(one, 10));
  return ports.sort((a, b) => a - b)[0];
}
