import { declare } from '../../proto/process/cli/command.ts';
import { count, flag, many, preset, required, text } from '../../proto/process/cli/options.ts';

const root = preset(text('DIR', "where the image's root is"), '/');

export const replayDeclaration = declare({
  name: 'replay',
  summary: 'Read ahead what was recorded at bake.',
  description:
    "Reads what Docker and the roles read when they were started at bake, so that a lazily loaded disk has it before anybody waits for it: first Docker's own reads, then the blocks of all roles, then their files. A recording of another file system or of other images is refused. The exit code is 1 when a recording was refused or something could not be read.",
  options: {
    plan: flag('show what would be read, and read nothing'),
    root,
    device: text('DEV', 'the block device, if the root does not tell'),
    prefer: many(text('ROLE', 'role to read before others')),
    inFlight: preset(
      count('reads under way at once; needs as many threads: UV_THREADPOOL_SIZE', { min: 1, max: 256 }),
      32,
    ),
    control: flag('for the agent: orders on stdin, progress on stdout, one line of JSON each'),
    json: flag('print one JSON document'),
  },
  positionals: {},
  needsRoot: true,
  examples: ['UV_THREADPOOL_SIZE=40 ionice -c 3 parbake-agent replay'],
});

export const readsDeclaration = declare({
  name: 'reads',
  summary: 'Compare what a start read with what was recorded for it.',
  description:
    'Compares what one start read, as the kernel traced it, with what was recorded for its role at bake, and prints one JSON document. The agent runs it once after its order is served. It is a process of its own, so that it can have idle priority beside the containers of the user, and gives its memory back when it ends.',
  options: {
    role: required(text('ROLE', 'role whose recording to compare with')),
    trace: required(text('DIR', 'instance of tracefs')),
    directory: required(text('DIR', 'a directory on the file system that was traced')),
    layer: many(text('DIR', 'layer of an image of the role: its files count, and names are looked up in it')),
    root,
  },
  positionals: {},
  needsRoot: true,
  examples: [
    'parbake-agent reads --role web --trace /sys/kernel/tracing/instances/parbake-start --directory /var/lib/docker',
  ],
});
