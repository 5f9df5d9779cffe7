import { argument, choice, dnsLabel, duration, variableName } from '../recipe/formats.ts';
import { boolean, declared, list, port, section } from '../recipe/key-shapes.ts';
import type { Section, TextValue } from '../recipe/value.ts';

// Every key of a preview file and of a file of repositories. Their readers and docs/preview-file.md are made from these
// tables.

const previewApiVersion = 'parbake/v1';

/** A pattern of branches. A slash ends what `*` stands for. */
const branchPattern: TextValue<string> = {
  kind: 'text',
  type: 'pattern of branches',
  pattern: /^\S{1,100}$/,
  parse: (given, key) =>
    /^[^\s\p{C}]{1,100}$/u.test(given)
      ? { ok: true, value: given }
      : { ok: false, reason: `${key}: "${given}" is not a pattern of branches of 1 to 100 characters` },
};

/** Behind the label of a branch and `--`, in one label of DNS. */
const hostName: TextValue<string> = {
  kind: 'text',
  type: 'name of 1 to 20 characters',
  pattern: /^[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?$/,
  parse: (given, key) =>
    /^[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?$/.test(given)
      ? { ok: true, value: given }
      : { ok: false, reason: `${key} "${given}" is not 1 to 20 lower-case letters, digits and hyphens` },
};

const onSection = declared({
  name: 'on',
  keys: {
    pull_requests: {
      value: boolean,
      default: '`true`',
      meaning: 'Whether each branch with an open pull request gets an environment.',
      example: 'pull_requests: true',
    },
    branches: {
      value: list(branchPattern, 'a branch'),
      default: 'none',
      meaning:
        'Branches that get an environment without a pull request. `*` stands for anything but a slash, `**` for anything.',
      example: "branches: [main, 'release/*']",
    },
  },
});

const hostSection = declared({
  name: 'host',
  keys: {
    name: {
      value: hostName,
      default: "none: the branch's own host",
      meaning: 'Tells several hosts of one environment apart: `LABEL--NAME.ZONE`.',
      example: 'name: api',
    },
    container: {
      value: dnsLabel('container'),
      default: 'the one that publishes the port',
      meaning: 'The container that answers.',
      example: 'container: app',
    },
    port: { value: port, required: true, meaning: 'The port that it publishes.', example: 'port: 8080' },
    scheme: {
      value: choice(['http', 'https', 'tcp']),
      default: '`http`',
      meaning: 'What is spoken there.',
      example: 'scheme: http',
    },
  },
});

export const previewSection = declared({
  name: 'preview',
  takesExtensions: true,
  keys: {
    apiVersion: {
      value: choice([previewApiVersion]),
      required: true,
      meaning: 'The version of this format.',
      example: `apiVersion: ${previewApiVersion}`,
    },
    kind: {
      value: choice(['Preview']),
      required: true,
      meaning: 'What the file describes.',
      example: 'kind: Preview',
    },
    role: {
      value: dnsLabel('role'),
      required: true,
      meaning: 'The role of its instances. The operator says which ones a repository may have.',
      example: 'role: web',
    },
    on: {
      value: section(onSection),
      default: 'see there',
      meaning: 'Which branches get an environment; see [on](#on).',
      example: 'on: { branches: [main] }',
    },
    hosts: {
      value: list(section(hostSection), 'the host'),
      default: 'none',
      meaning: 'Where it answers; see [host](#host).',
      example: 'hosts: [{ port: 8080 }]',
    },
    env: {
      value: { kind: 'entries', name: variableName, of: argument, item: 'variable' },
      default: 'none',
      meaning: "Variables for the order, of those in the role's `user_env`.",
      example: 'env: { BRANCH: "${branch}" }',
    },
    ttl: {
      value: duration('1m', '8760h'),
      default: '`336h` (14 days)',
      meaning: 'The environment ends so long after its last commit.',
      example: 'ttl: 72h',
    },
  },
});

/** Their order is that of the reference. */
export const previewSections: readonly Section[] = [previewSection, onSection, hostSection];
