import { declare } from '../../proto/process/cli/command.ts';
import { flag, many, preset, text } from '../../proto/process/cli/options.ts';

const root = preset(text('DIR', 'root of the image or machine'), '/');
const json = flag('print one JSON document');

export const scrubDeclaration = declare({
  name: 'scrub',
  summary: 'Remove what makes clones collide or leaks, check, and seal.',
  description:
    'Makes a baked image safe to clone: stops Docker, removes the identity of Docker and of the machine, credentials and state, checks every rule, searches /etc, /opt, /srv and every home for private keys, tokens and logins, and seals the manifest. Images stay. It lists what it will delete first, and deletes only with --yes.',
  options: {
    yes: flag('delete what is listed'),
    dryRun: flag('list what would be removed, and change nothing'),
    listRules: flag('list every rule with where it looks, yours too, and change nothing'),
    keep: many(
      text(
        'RULE[=WHY]',
        'leave a rule out, or secret:/PATH from the search for secrets; the seal records why',
      ),
    ),
    removeContainers: flag('agree to lose the containers that Docker has; none may run'),
    removeVolumes: flag('agree to lose its volumes'),
    removeBuildCache: flag('agree to lose its build cache'),
    removePlugins: flag('agree to lose its plugins'),
    removeSwarm: flag('agree that it leaves its swarm'),
    dockerOnly: flag('keep everything but Docker and Parbake: leave out every rule marked * below'),
    exceptions: text(
      'FILE',
      'rules to leave out, as YAML (default: etc/parbake/scrub.yaml below the root, if it exists)',
    ),
    root,
    dockerSocket: text('PATH', "the Engine's socket (default: run/docker.sock below the root)"),
    dockerPidfile: text('PATH', "the Engine's pid file (default: run/docker.pid below the root)"),
    json,
  },
  positionals: {},
  needsRoot: true,
  details: async () => {
    const { scrubRules } = await import('./rules/all.ts');
    return `Rules: ${scrubRules.map((rule) => `${rule.id}${rule.scope === 'machine' ? '*' : ''}`).join(', ')}; and yours in /etc/parbake/scrub.d/*.yaml below the root.`;
  },
  examples: ['parbake-agent scrub --dry-run && parbake-agent scrub --yes'],
});

export const verifyDeclaration = declare({
  name: 'verify',
  summary: 'Check whether an image is sealed, and name what leaked.',
  description:
    'Checks every rule of the scrub again and names what leaked. Starting Docker after the seal breaks it. It only reads files; Docker need not run. The exit code is 1 when the image is not sealed or a secret was found.',
  options: {
    root: preset(
      text('DIR', "root of the image: the builder's own, or where its file system is mounted"),
      '/',
    ),
    secrets: text(
      'FILE',
      'list of secrets, one per line, that no file below the root may contain, in clear or in base64. Keep it off the image. Secrets are named by their line, never printed',
    ),
    image: text(
      'FILE',
      'with --secrets: also search every byte of this raw disk image, free blocks included',
    ),
    json,
  },
  positionals: {},
  needsRoot: true,
  examples: ['parbake-agent verify --root /mnt/image --secrets canaries.txt --image disk.raw'],
});

export const firstBootDeclaration = declare({
  name: 'first-boot',
  summary: 'Before Docker starts: drop the identity of the machine that this disk was copied from.',
  description: [
    "Runs at every boot before Docker. If this disk comes from another machine that was not scrubbed, it drops that machine's Docker identity and agent state, and Docker makes its own. The firmware tells which machine this is; it is remembered, so that this happens once. A sealed image needs none of this.",
    'A copy keeps containers, volumes, networks, swarm state and credentials. Scrub the image.',
  ].join('\n'),
  options: { dryRun: flag('list what would be dropped, and change nothing'), root, json },
  positionals: {},
  needsRoot: true,
  details: async () => {
    const { scrubRules } = await import('./rules/all.ts');
    const healed = scrubRules.filter(({ isHealed }) => isHealed === true).map(({ id }) => id);
    return `It drops: ${healed.join(', ')}.`;
  },
  examples: ['parbake-agent first-boot --dry-run'],
});
