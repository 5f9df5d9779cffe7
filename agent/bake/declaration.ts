import { declare } from '../../proto/process/cli/command.ts';
import { durationText } from '../../proto/process/cli/amounts.ts';
import {
  count,
  duration,
  flag,
  many,
  pairs,
  preset,
  required,
  text,
} from '../../proto/process/cli/options.ts';
import { dockerDeadlines } from '../docker/deadlines.ts';

/** Milliseconds that Node's timers can hold are more than a day. */
const day = 86_400_000;

export const bakeDeclaration = declare({
  name: 'bake',
  summary: 'Pull and check the images of a recipe, and write the manifest.',
  description: [
    'Pulls every image of a recipe, checks its digest, its platform and that its command can be executed, records what each role and Docker itself read when they start, and writes /usr/lib/parbake/manifest.json below the root. Nothing changes before the recipe is valid and Docker answers. Images that are there already are not pulled again. A bake that fails leaves no manifest.',
    "Registry logins come from the login commands, then from Docker's credential helpers (credHelpers, credsStore), and from root/.docker/config.json below the root. They stay in memory.",
    'On a terminal each image has a progress bar, elsewhere progress is printed as lines; both go to standard error.',
  ].join('\n'),
  options: {
    recipe: required(text('FILE', 'the recipe, usually parbake.yaml')),
    var: pairs('NAME=VALUE', 'variable of the recipe; others come from the environment'),
    root: preset(text('DIR', 'root of the image to bake'), '/'),
    lock: text(
      'FILE',
      'lock file (default: parbake.lock beside the recipe); the first bake writes the digests to it, later bakes use them',
    ),
    updateLock: flag('resolve every reference again, and write the digests to the lock'),
    frozen: flag('fail unless the lock matches the recipe; never write it'),
    loginCommand: many(
      text(
        '[USER@]REGISTRY=COMMAND',
        'program that prints a password for a registry, or a JSON list of a program and its arguments; no shell reads it. Amazon ECR needs no user',
      ),
    ),
    imds: text(
      'URL|off',
      "EC2's instance metadata service, which tells which instance bakes (default http://169.254.169.254)",
    ),
    imageName: text('NAME', 'name of the machine image, for its manifest; EC2 does not tell a builder'),
    sourceImageName: text('NAME', 'name of the image that this machine was launched from'),
    buildId: text('ID', "id of the build, such as Packer's run UUID or an ARN of EC2 Image Builder"),
    hostSbom: text(
      'FILE',
      'software bill of materials of the machine, SPDX or CycloneDX as JSON; it has to stay on the image',
    ),
    dockerSocket: text('PATH', "the Engine's socket (default: run/docker.sock below the root)"),
    dataDiskImaged: flag(
      'the machine image has the disk of the data root too, where that is not the disk of the root',
    ),
    parallel: preset(count('images to pull at a time', { min: 1, max: 32 }), 3),
    stallTimeout: preset(
      duration('give up a pull, or the reading of an image, after this time without progress', {
        min: 1,
        max: day,
      }),
      durationText(dockerDeadlines.pullSilence),
    ),
    retries: preset(count('retries of a pull that stalled or was interrupted', { max: 100 }), 4),
    noVerifyBytes: flag('do not compare the bytes of every layer on the disk with its digest'),
    record: flag(
      'start each prepared role and Docker once, and record what is read; drops the caches of the machine and restarts Docker (default on the root of a running machine)',
    ),
    noRecord: flag('do not record'),
    // A start from a disk of which nothing is in memory.
    recordTimeout: preset(duration('time for each recorded start', { min: 1, max: day }), '60s'),
    misses: many(text('FILE', 'what instances of an earlier bake read beyond its recordings')),
    report: text(
      'DIR|FILE.html',
      'page to write with the times of each image and layer; the same as JSON beside it',
    ),
    json: flag('print one JSON document'),
  },
  positionals: {},
  needsRoot: true,
  examples: [
    'SWARM_VERSION=1.2.9 parbake-agent bake --recipe parbake.yaml --var CADVISOR_VERSION=v0.33.0',
    `parbake-agent bake --recipe parbake.yaml --frozen --login-command '123456789012.dkr.ecr.eu-central-1.amazonaws.com=["aws","ecr","get-login-password","--region","eu-central-1"]'`,
  ],
});
