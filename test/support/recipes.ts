import { generateKeyPairSync } from 'node:crypto';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { ReadBeside } from '../../proto/recipe/images.ts';
import { parseRecipe, type Recipe } from '../../proto/recipe/recipe.ts';

const variables: Record<string, string> = { VERSION: '1.2.9', EMPTY: '', PORT: '8080', MARK: '${VERSION}' };

export const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const files: Record<string, string> = {
  './cosign.pub': publicKey.export({ type: 'spki', format: 'pem' }),
  rubbish: 'rubbish',
};
const beside: ReadBeside = (path) => {
  const text = files[path];
  return text === undefined ? { ok: false, reason: 'it is away' } : { ok: true, text };
};

/** @param given the variables of `--var` */
export function readRecipe(text: string, given: Readonly<Record<string, string>> = {}): Recipe {
  return parseRecipe(text, { file: 'parbake.yaml', variables: given, env: variables, beside });
}

/** @returns the error that the recipe is refused with */
export function recipeFailure(text: string, given: Readonly<Record<string, string>> = {}): ParbakeError {
  try {
    readRecipe(text, given);
  } catch (cause) {
    if (cause instanceof ParbakeError) return cause;
    throw cause;
  }
  throw new Error('the recipe was accepted');
}

/** Of the image in `wholeRecipe`. */
export const digest = `sha256:${'0a'.repeat(32)}`;

/** A recipe with most of what there is. */
export const wholeRecipe = `apiVersion: parbake/v1
images:
  - swarm:\${VERSION}
  - ref: registry.example.com/acme/app:1.4.2
    digest: ${digest}
    platform: linux/arm64
roles:
  web:
    containers:
      - name: app
        image: registry.example.com/acme/app:1.4.2
        prepare: create
        ports: [8080, "\${PORT}1"]
        ready: { http: { port: 8080, path: /healthz }, timeout: 5 }
        user_env: [DATABASE_URL, BRANCH]
        files: /run/parbake/files
      - name: swarm
        image: docker.io/library/swarm:1.2.9
        prepare: none
`;

/** A recipe around one container's extra lines. */

/** A recipe with one role and one container. @param lines of the container, and what follows it */
export function withContainer(lines: string): string {
  return `apiVersion: parbake/v1
images: [app:1]
roles:
  web:
    containers:
      - name: app
        image: app:1
${lines}`;
}
