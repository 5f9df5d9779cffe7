import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defined } from '../../proto/errors/defined.ts';
import type { Engine } from '../testbed/engine.ts';
import type { Testbed } from '../testbed/testbed.ts';
import type { BakedImageReport, DemoDocument } from './document.ts';
import { sidecars, type DemoImage } from './image.ts';
import { runProgram } from './programs.ts';

export const role = 'web';

/** The recipe as a person would write it, with versions and the registry from variables. */
export function writeRecipe(testbed: Testbed, image: DemoImage): string {
  const own = image.ref.slice(image.ref.indexOf('/'));
  // An image of the person's own may answer "/" with anything; the demo's own says 200.
  const ready = image.greetsUser ? `http: { port: ${image.port}, path: / }` : `tcp: { port: ${image.port} }`;
  const recipe = join(testbed.directory, 'parbake.yaml');
  writeFileSync(
    recipe,
    `apiVersion: parbake/v1
images:
${sidecars.repositories.map((repository) => `  - \${REGISTRY}/${repository}`).join('\n')}
  - \${REGISTRY}${own}
  - ref: \${REGISTRY}/${sidecars.leftOut}
    bake: false
roles:
  ${role}:
    containers:
      - name: app
        image: \${REGISTRY}${own}
        prepare: gate
        ports: [${image.port}]
        ready: { ${ready} }
  report:
    containers:
      - { name: report, image: '\${REGISTRY}/${sidecars.leftOut}', prepare: create }
`,
  );
  return recipe;
}

/** @param showProgress on the terminal, as a bar */
export async function bake(
  testbed: Testbed,
  engine: Engine,
  recipe: string,
  showProgress: boolean,
): Promise<BakedImageReport[]> {
  const variables = { REGISTRY: (await testbed.registry()).address, ...sidecars.variables };
  const vars = Object.entries(variables).flatMap(([name, value]) => ['--var', `${name}=${value}`]);
  const args = ['bake', '--recipe', recipe, '--root', engine.root, '--json', ...vars];
  const document: { images: BakedImageReport[] } = JSON.parse(
    await runProgram('parbake-agent', args, showProgress),
  );
  return document.images.map(({ ref, digest, size_bytes, pull_ms, layers }) => ({
    ref,
    digest,
    size_bytes,
    pull_ms,
    layers: layers.map((layer) => ({
      digest: layer.digest,
      ...defined({
        size_bytes: layer.size_bytes,
        download_ms: layer.download_ms,
        extract_ms: layer.extract_ms,
      }),
    })),
  }));
}

/** Scrubs, which stops Docker for good, and asks `verify` whether the result is sealed. */
export async function scrubAndVerify({
  root,
}: Engine): Promise<Pick<DemoDocument['bake'], 'sealed' | 'removed'>> {
  const scrubbed: { removed: { rule: string; path: string }[] } = JSON.parse(
    await runProgram('parbake-agent', ['scrub', '--yes', '--root', root, '--json']),
  );
  const verified: { sealed: boolean } = JSON.parse(
    await runProgram('parbake-agent', ['verify', '--root', root, '--json']),
  );
  return { sealed: verified.sealed, removed: scrubbed.removed };
}
