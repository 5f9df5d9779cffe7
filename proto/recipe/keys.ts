import { recipeHints, roleHints } from './compose-hints.ts';
import {
  certificateSection,
  containerSection,
  loggingOptionsSection,
  loggingSection,
} from './container-keys.ts';
import { choice, digest, dnsLabel, duration, fileName, imageReference, platform } from './formats.ts';
import { boolean, declared, either, section } from './key-shapes.ts';
import { heldSection, httpSection, readySection, tcpSection } from './ready-keys.ts';
import { lossPolicies, metadataPolicies } from './role.ts';
import type { Section } from './value.ts';

// Every key of a recipe. The reader, docs/recipe.md and docs/recipe.schema.json are made from these tables and those of
// container-keys.ts and ready-keys.ts, so a key is declared once.

const recipeApiVersion = 'parbake/v1';

const roleSection = declared({
  name: 'role',
  hints: roleHints,
  keys: {
    containers: {
      value: { kind: 'list', of: section(containerSection), item: 'the container', minItems: 1 },
      required: true,
      meaning: 'Its containers; see [container](#container).',
      example: 'containers: [{ name: app, image: "app:1" }]',
    },
    on_loss: {
      value: choice(lossPolicies),
      default: '`fail`',
      meaning:
        "What happens to an assignment that was SERVING when its machine fails or is lost. `fail`: it fails, and its caller decides. `replace`: it starts anew on another instance. A user's own fault never moves an assignment.",
      example: 'on_loss: replace',
    },
    silent_after: {
      value: duration('60s', '24h'),
      default: 'never',
      meaning:
        'With `on_loss: replace`: how long an instance may be silent before its user gets another one. Without it, only the provider or an operator declares an instance lost.',
      example: 'silent_after: 5m',
    },
    metadata: {
      value: choice(metadataPolicies),
      default: '`deny`',
      meaning:
        "Whether its containers may reach the instance's metadata service, and with it the credentials of the instance's IAM role. The package's unit parbake-block-metadata closes the service to all others. With `allow`, launch the instances with a hop limit of 2; otherwise with 1.",
      example: 'metadata: deny',
    },
  },
});

const imageSection = declared({
  name: 'image',
  keys: {
    ref: {
      value: imageReference,
      required: true,
      meaning: 'The image, as in `docker pull`.',
      example: 'ref: registry.example.com/acme/app:1.4.2',
    },
    digest: {
      value: digest,
      default: 'any; `parbake.lock` pins it',
      meaning: 'The digest that the registry must have. A mismatch fails the bake.',
      example: `digest: sha256:${'0123456789abcdef'.repeat(4)}`,
    },
    platform: {
      value: platform,
      default: "the builder's",
      meaning: '`os/architecture[/variant]`.',
      example: 'platform: linux/arm64',
    },
    cosign_key: {
      value: fileName,
      default: 'not checked',
      meaning:
        "A file with a public key, relative to the recipe: the bake fails unless the image's digest is signed by it.",
      example: 'cosign_key: ./cosign.pub',
    },
    bake: {
      value: boolean,
      default: '`true`',
      meaning:
        'Whether the image is baked. With `false`, each instance pulls it while it prepares, by the digest that it had at the bake.',
      example: 'bake: false',
    },
  },
});

export const recipeSection = declared({
  name: 'recipe',
  hints: recipeHints,
  takesExtensions: true,
  keys: {
    apiVersion: {
      value: choice([recipeApiVersion]),
      required: true,
      meaning: 'The version of this format.',
      example: `apiVersion: ${recipeApiVersion}`,
    },
    images: {
      value: {
        kind: 'list',
        of: either({ text: imageReference, mapping: section(imageSection) }),
        item: 'the image',
        minItems: 1,
      },
      required: true,
      meaning: 'The images to bake: references, or mappings as in [image](#image).',
      example: 'images: ["redis:7.4", { ref: "app:1.4.2", platform: linux/arm64 }]',
    },
    roles: {
      value: { kind: 'entries', name: dnsLabel('role'), of: section(roleSection), item: 'role' },
      default: 'none',
      meaning: 'What an instance can become, by name; see [role](#role).',
      example: 'roles: { web: { containers: [{ name: app, image: "app:1.4.2" }] } }',
    },
  },
});

/** In the order of the reference. */
export const sections: readonly Section[] = [
  recipeSection,
  imageSection,
  roleSection,
  containerSection,
  readySection,
  heldSection,
  httpSection,
  tcpSection,
  certificateSection,
  loggingSection,
  loggingOptionsSection,
];

type KeysOf<S> = S extends Section<infer K> ? K : never;
export type ContainerKeys = KeysOf<typeof containerSection>;
export type RoleKeys = KeysOf<typeof roleSection>;
export type ReadyKeys = KeysOf<typeof readySection>;
export type HeldKeys = KeysOf<typeof heldSection>;
export type ImageKeys = KeysOf<typeof imageSection>;
