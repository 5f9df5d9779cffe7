import { declare } from '../../proto/process/cli/command.ts';
import { choice, flag, preset, setting, size, text } from '../../proto/process/cli/options.ts';
import { logLevels } from '../../proto/process/log.ts';

const onOff = ['on', 'off'] as const;

export const runDeclaration = declare({
  name: 'run',
  summary: 'The daemon: check in, prepare, run what is assigned, report.',
  description:
    "The daemon of an instance. It checks in, waits for an order, starts the role's containers with the user's environment, and reports what each step took. Without the coordinator's address or a certificate that a setting names, it waits and reads its settings again. It ends on SIGTERM and leaves the containers running.",
  options: {
    coordinator: setting(text('ADDRESS', "the coordinator's host:port, or unix:PATH")),
    instanceId: setting(
      text('ID', 'id of this instance, where no instance metadata service answers within 5 s'),
    ),
    imds: setting(
      preset(text('URL|off', 'the instance metadata service (default http://169.254.169.254)'), ''),
    ),
    address: setting(
      text(
        'IP',
        "where the containers' ports are reached (default: from IMDS, or that of the default route; IPv4 first)",
      ),
    ),
    tlsCa: setting(text('FILE', "CA certificates that the coordinator's must be signed by (PEM)")),
    tlsCert: setting(text('FILE', "this agent's certificate (PEM)")),
    tlsKey: setting(text('FILE', 'the key of its certificate (PEM)')),
    tlsName: setting(
      text('NAME', "name that the coordinator's certificate must have (default: the host that is dialled)"),
    ),
    launchCa: setting(
      preset(
        choice(
          ['refuse', 'allow'] as const,
          'whether EC2 user data and instance tags may set --tls-ca too: whoever may launch or tag an instance then decides which coordinator is genuine',
        ),
        'refuse',
      ),
    ),
    attest: setting(
      text(
        'HOW',
        'prove this instance to get a certificate of its own: aws, join-token:FILE, or none where the coordinator allows it on its own machine; needs --tls-ca only',
      ),
    ),
    attestAddress: setting(
      text(
        'ADDRESS',
        "where the coordinator takes attestations (default: port 7445 of the coordinator's host)",
      ),
    ),
    root: preset(text('DIR', 'root of the instance'), '/'),
    dockerSocket: setting(text('PATH', "the Engine's socket (default: run/docker.sock below the root)")),
    stateDir: setting(text('DIR', 'what the agent remembers (default: var/lib/parbake below the root)')),
    gate: setting(text('PATH', 'the gate (default: usr/lib/parbake/gate below the root)')),
    prepareMemory: setting(
      size(
        'memory for all prepared containers together; a number alone is MiB (default: half of what is free at the start)',
        {},
        'MiB',
      ),
    ),
    replay: setting(preset(choice(onOff, 'read ahead at boot what was recorded at bake'), 'on')),
    samples: setting(
      preset(choice(onOff, 'report what the host and its containers use, every 1 s or 15 s'), 'on'),
    ),
    onRelease: setting(
      preset(
        choice(
          ['keep', 'poweroff'] as const,
          'what happens to the machine once its assignment is over and nothing points to it any more; EC2 ends an instance that powers off if its shutdown behaviour is "terminate"',
        ),
        'keep',
      ),
    ),
    poweroffProgram: text('PATH', 'program to run in place of "systemctl poweroff"'),
    socket: setting(
      text('PATH', 'socket of "parbake-agent status" (default: run/parbake/agent.sock below the root)'),
    ),
    logLevel: setting(preset(choice(logLevels, 'least severe log lines to write'), 'info')),
    config: text('FILE', 'settings file to read instead of the usual one'),
  },
  positionals: {},
  needsRoot: true,
  examples: [
    'parbake-agent run --coordinator unix:/run/parbake/coordinator.sock --instance-id dev-1 --imds off',
  ],
  settingsFile: {
    shown: '/etc/parbake/agent.conf below the root',
    path: ({ root = '/' }) => `${root.replace(/\/+$/, '')}/etc/parbake/agent.conf`,
  },
  moreSources: [
    'a line "# parbake-agent: coordinator = HOST:PORT" in EC2 user data',
    'the instance tag parbake:coordinator',
  ],
});

export const statusDeclaration = declare({
  name: 'status',
  summary: 'Show what the agent on this instance is doing.',
  description: 'Prints the connection of the agent, its preparation and its order.',
  options: {
    socket: setting(preset(text('PATH', "the agent's socket"), '/run/parbake/agent.sock')),
    json: flag('print one JSON document'),
  },
  positionals: {},
  examples: ['parbake-agent status'],
});
