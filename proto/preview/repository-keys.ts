import { choice, dnsLabel, fileName } from '../recipe/formats.ts';
import { declared, section } from '../recipe/key-shapes.ts';
import type { Section, TextValue } from '../recipe/value.ts';

// Every key of the file of repositories, which belongs to the operator.

const repositoryName: TextValue<string> = {
  kind: 'text',
  type: 'repository',
  pattern: /^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9._-]{1,100}$/,
  parse: (given) =>
    /^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9._-]{1,100}$/.test(given)
      ? { ok: true, value: given }
      : { ok: false, reason: `"${given}" is not a repository such as acme/shop` },
};

const zoneName: TextValue<string> = {
  kind: 'text',
  type: 'zone',
  pattern: /^[a-z0-9][a-z0-9.-]{0,190}$/,
  parse: (given, key) =>
    /^[a-z0-9][a-z0-9.-]{0,190}$/.test(given)
      ? { ok: true, value: given }
      : { ok: false, reason: `${key} "${given}" is not a zone such as shop.preview.example.com` },
};

const apiUrl: TextValue<string> = {
  kind: 'text',
  type: 'https URL',
  pattern: /^https?:\/\/\S+$/,
  parse: (given, key) => {
    const url = URL.canParse(given) ? new URL(given) : undefined;
    const isLocal = url !== undefined && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
    return url?.protocol === 'https:' ||
      (url?.protocol === 'http:' && (isLocal || url.hostname.startsWith('127.')))
      ? { ok: true, value: given.replace(/\/$/, '') }
      : { ok: false, reason: `${key} "${given}" is not an https URL` };
  },
};

const runnerLabel: TextValue<string> = {
  kind: 'text',
  type: 'label',
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
  parse: (given, key) =>
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(given)
      ? { ok: true, value: given }
      : { ok: false, reason: `${key}: "${given}" is not a label of a runner` },
};

const addressPattern: TextValue<string> = {
  kind: 'text',
  type: 'URL with `{host}`',
  pattern: /^https?:\/\/\{host\}(?::[0-9]{1,5})?$/,
  parse: (given, key) =>
    /^https?:\/\/\{host\}(?::[0-9]{1,5})?$/.test(given)
      ? { ok: true, value: given }
      : { ok: false, reason: `${key} "${given}" is not an address such as https://{host}:8443` },
};

const githubSection = declared({
  name: 'github',
  keys: {
    url: {
      value: apiUrl,
      default: '`https://api.github.com`',
      meaning: "Of GitHub's API. Plain HTTP is for this machine only.",
      example: 'url: https://github.example.com/api/v3',
    },
    token: {
      value: fileName,
      default: 'none',
      meaning:
        'A file with a fine-grained token that may read contents and pull requests, and write deployments. Without one GitHub is told nothing, and preview files come from `preview`.',
      example: 'token: /etc/parbake/github-token',
    },
    webhook_secret: {
      value: fileName,
      required: true,
      meaning:
        'A file with the secret of the webhook, 16 characters at least. Two lines are two secrets, while one replaces the other.',
      example: 'webhook_secret: /etc/parbake/webhook-secret',
    },
  },
});

const forksSection = declared({
  name: 'forks',
  keys: {
    role: {
      value: dnsLabel('role'),
      required: true,
      meaning: 'The role for pull requests of forks. Take one whose instances reach nothing that matters.',
      example: 'role: sandbox',
    },
    zone: {
      value: zoneName,
      required: true,
      meaning: 'Their names are below it. Take a domain that no cookie of yours is sent to.',
      example: 'zone: forks.example.net',
    },
  },
});

const repositorySection = declared({
  name: 'repository',
  keys: {
    zone: {
      value: zoneName,
      required: true,
      meaning:
        'Names of its previews are below it, and those of nobody else: a zone of `serve --zone`, or below one.',
      example: 'zone: shop.preview.example.com',
    },
    roles: {
      value: { kind: 'list', of: dnsLabel('role'), item: 'a role', minItems: 1 },
      required: true,
      meaning: 'Roles that its preview file may name.',
      example: 'roles: [web]',
    },
    preview: {
      value: fileName,
      default: "the repository's",
      meaning:
        'A preview file of yours. It counts where the repository has no `parbake.preview.yaml` in its default branch, or there is no token to read it with.',
      example: 'preview: shop.preview.yaml',
    },
    address: {
      value: addressPattern,
      default: '`https://{host}`',
      meaning: 'How addresses are shown: as the router in front of the instances has them.',
      example: "address: 'https://{host}:8443'",
    },
    max: {
      value: { kind: 'integer', min: 1, max: 10_000 },
      default: '20',
      meaning: 'Environments that it has at a time.',
      example: 'max: 50',
    },
    runners: {
      value: { kind: 'entries', name: runnerLabel, of: dnsLabel('role'), item: 'runner' },
      default: 'none',
      meaning:
        'Roles whose instances run jobs of GitHub Actions, by the label that a job asks for: each job gets an instance of its own.',
      example: 'runners: { parbake: runner }',
    },
    forks: {
      value: section(forksSection),
      default: 'nothing runs for forks',
      meaning:
        'What pull requests of forks get, once somebody has approved the commit (`parbake previews approve`); see [forks](#forks).',
      example: 'forks: { role: sandbox, zone: forks.example.net }',
    },
  },
});

export const repositoriesSection = declared({
  name: 'repositories',
  takesExtensions: true,
  keys: {
    apiVersion: {
      value: choice(['parbake/v1']),
      required: true,
      meaning: 'The version of this format.',
      example: 'apiVersion: parbake/v1',
    },
    kind: {
      value: choice(['Repositories']),
      required: true,
      meaning: 'What the file describes.',
      example: 'kind: Repositories',
    },
    github: {
      value: section(githubSection),
      required: true,
      meaning: 'How GitHub and the coordinator trust each other; see [github](#github).',
      example: 'github: { webhook_secret: /etc/parbake/webhook-secret }',
    },
    repositories: {
      value: { kind: 'entries', name: repositoryName, of: section(repositorySection), item: 'repository' },
      required: true,
      meaning: 'Whose branches get environments, by `owner/name`; see [repository](#repository).',
      example: 'repositories: { acme/shop: { zone: shop.example.com, roles: [web] } }',
    },
  },
});

/** Their order is that of the reference. */
export const repositorySections: readonly Section[] = [
  repositoriesSection,
  githubSection,
  repositorySection,
  forksSection,
];
