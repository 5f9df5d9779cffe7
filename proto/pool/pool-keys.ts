import { choice, dnsLabel, duration, fileName } from '../recipe/formats.ts';
import { declared, list, section } from '../recipe/key-shapes.ts';
import type { IntegerValue, Section } from '../recipe/value.ts';
import {
  deviceName,
  imageId,
  instanceType,
  profileName,
  securityGroupId,
  share,
  subnetId,
  tagKey,
  tagValue,
  timeOfDay,
  timeZone,
  volumeType,
} from './formats.ts';

// Every key of a pool file. The reader, docs/pool-file.md and docs/pool.schema.json are made from these tables.

const poolApiVersion = 'parbake/v1';

/** Machines of one pool at most. */
const machines: IntegerValue = { kind: 'integer', min: 0, max: 100_000 };
const someMachines: IntegerValue = { kind: 'integer', min: 1, max: 100_000 };

export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

const scheduleSection = declared({
  name: 'schedule',
  keys: {
    days: {
      value: { kind: 'list', of: choice(weekdays), item: 'a day', minItems: 1 },
      required: true,
      meaning: 'Days on which it begins.',
      example: 'days: [mon, tue, wed, thu, fri]',
    },
    from: {
      value: timeOfDay,
      default: '`00:00`',
      meaning: 'When it begins.',
      example: "from: '08:00'",
    },
    until: {
      value: timeOfDay,
      default: '`00:00`',
      meaning: 'When it ends; when that is not after `from`, on the next day.',
      example: "until: '18:00'",
    },
    timezone: {
      value: timeZone,
      default: '`UTC`',
      meaning: 'A name of the IANA time zone database.',
      example: 'timezone: Europe/Berlin',
    },
    target: {
      value: machines,
      required: true,
      meaning: 'READY instances that are wanted meanwhile.',
      example: 'target: 12',
    },
  },
});

const forecastSection = declared({
  name: 'forecast',
  keys: {
    mode: {
      value: choice(['on', 'watch', 'off']),
      default: '`on`',
      meaning: '`watch` shows what it would ask for in `parbake pools explain`, and does not count.',
      example: 'mode: watch',
    },
    quantile: {
      value: share,
      default: '`99%`',
      meaning: 'Part of lead times in which nobody has to wait, from 50% to 99.99%.',
      example: 'quantile: 99.9%',
    },
    lead: {
      value: duration('10s', '30m'),
      default: '`100s`',
      meaning: 'From a launch to READY, with a margin.',
      example: 'lead: 2m',
    },
  },
});

const idleSection = declared({
  name: 'idle',
  keys: {
    target: {
      value: machines,
      default: '0',
      meaning: 'READY instances that are always wanted.',
      example: 'target: 3',
    },
    share: {
      value: share,
      default: '`0%`',
      meaning: 'READY instances that are wanted, as a part of the assigned ones. The larger of both counts.',
      example: 'share: 10%',
    },
    max: {
      value: someMachines,
      default: "the pool's `max`",
      meaning: 'The most that any term can make of it.',
      example: 'max: 40',
    },
    hold: {
      value: duration('0s', '24h'),
      default: '`10m`',
      meaning: 'The target falls only to its highest value in this time.',
      example: 'hold: 10m',
    },
    forecast: {
      value: section(forecastSection),
      default: 'none',
      meaning:
        'READY instances for one lead time, going by the last minutes and by the same time of earlier weeks; see [forecast](#forecast).',
      example: 'forecast: { quantile: 99% }',
    },
    schedules: {
      value: list(section(scheduleSection), 'the schedule'),
      default: 'none',
      meaning: 'Times with targets of their own; see [schedule](#schedule).',
      example: "schedules: [{ days: [mon], from: '08:00', until: '18:00', target: 12 }]",
    },
  },
});

const offeringSection = declared({
  name: 'offering',
  keys: {
    types: {
      value: { kind: 'list', of: instanceType, item: 'an instance type', minItems: 1 },
      required: true,
      meaning: 'Instance types, the most preferred first.',
      example: 'types: [m7i.large, m6i.large]',
    },
    market: {
      value: choice(['on-demand', 'spot']),
      default: '`on-demand`',
      meaning: 'How they are bought.',
      example: 'market: spot',
    },
    share: {
      value: share,
      default: 'the first that can be had is taken',
      meaning:
        "With `market: spot`: the part of the pool's machines that are bought so, while both can be had.",
      example: 'share: 60%',
    },
  },
});

const diskSection = declared({
  name: 'disk',
  keys: {
    device: {
      value: deviceName,
      required: true,
      meaning: "The root device's name in the machine image.",
      example: 'device: /dev/xvda',
    },
    gib: {
      value: { kind: 'integer', min: 1, max: 65_536 },
      required: true,
      meaning: 'Its size.',
      example: 'gib: 30',
    },
    type: { value: volumeType, default: '`gp3`', meaning: 'The type of the volume.', example: 'type: gp3' },
    iops: {
      value: { kind: 'integer', min: 100, max: 256_000 },
      default: "the type's",
      meaning: 'Operations a second.',
      example: 'iops: 6000',
    },
    throughput: {
      value: { kind: 'integer', min: 125, max: 4_000 },
      default: "the type's",
      meaning: 'MiB a second.',
      example: 'throughput: 250',
    },
  },
});

const launchSection = declared({
  name: 'launch',
  keys: {
    offerings: {
      value: { kind: 'list', of: section(offeringSection), item: 'the offering', minItems: 1 },
      required: true,
      meaning: 'Where machines come from, the most preferred first; see [offering](#offering).',
      example: 'offerings: [{ types: [m7i.large] }]',
    },
    subnets: {
      value: { kind: 'list', of: subnetId, item: 'a subnet', minItems: 1 },
      required: true,
      meaning: 'Launches are spread over them.',
      example: 'subnets: [subnet-0a, subnet-0b]',
    },
    security_groups: {
      value: list(securityGroupId, 'a security group'),
      default: "the VPC's",
      meaning: 'Security groups of the instances.',
      example: 'security_groups: [sg-0123456789abcdef0]',
    },
    instance_profile: {
      value: profileName,
      default: 'none',
      meaning: 'Name of the IAM instance profile.',
      example: 'instance_profile: parbake-instance',
    },
    disk: {
      value: section(diskSection),
      default: 'as the image says',
      meaning: 'The root disk; see [disk](#disk).',
      example: 'disk: { device: /dev/xvda, gib: 30 }',
    },
    tags: {
      value: { kind: 'entries', name: tagKey, of: tagValue, item: 'tag' },
      default: 'none',
      meaning: 'Tags of instances and volumes.',
      example: 'tags: { team: previews }',
    },
    user_data: {
      value: fileName,
      default: 'none',
      meaning:
        'A file with user data, relative to this one: a script or a `#cloud-config`, up to 12 KiB. Put the settings of the agent there, and no lasting secret.',
      example: 'user_data: agent.cloud-config',
    },
  },
});

const replaceSection = declared({
  name: 'replace',
  keys: {
    max_age: {
      value: duration('1h', '8760h'),
      default: '`336h` (14 days)',
      meaning: 'An instance without a user that is older is replaced, a fifth of it sooner or later.',
      example: 'max_age: 336h',
    },
    surge: {
      value: share,
      default: '`10%`',
      meaning: 'Machines above the target while others are replaced, as a part of it; at least one.',
      example: 'surge: 20%',
    },
    boot_timeout: {
      value: duration('30s', '1h'),
      default: '`5m`',
      meaning: 'From the launch to the check-in; then the machine is ended.',
      example: 'boot_timeout: 5m',
    },
    prepare_timeout: {
      value: duration('30s', '24h'),
      default: '`5m`',
      meaning: 'From the check-in to READY; then the machine is ended.',
      example: 'prepare_timeout: 10m',
    },
    max_quarantined: {
      value: { kind: 'integer', min: 1, max: 100 },
      default: '2',
      meaning: 'QUARANTINED machines that are kept to be looked at; the oldest make room.',
      example: 'max_quarantined: 1',
    },
    max_silent: {
      value: share,
      default: '`20%`',
      meaning: 'How far silent machines raise `max`: they may be dead, and must not keep a pool empty.',
      example: 'max_silent: 0%',
    },
  },
});

export const poolSection = declared({
  name: 'pool',
  takesExtensions: true,
  keys: {
    apiVersion: {
      value: choice([poolApiVersion]),
      required: true,
      meaning: 'The version of this format.',
      example: `apiVersion: ${poolApiVersion}`,
    },
    kind: {
      value: choice(['Pool']),
      required: true,
      meaning: 'What the file describes.',
      example: 'kind: Pool',
    },
    name: { value: dnsLabel('pool'), required: true, meaning: "The pool's name.", example: 'name: web' },
    image: {
      value: imageId,
      required: true,
      meaning:
        'The machine image. A name that does not begin with `ami-` is a channel: the pool follows the image that was last promoted there ([images.md](images.md)).',
      example: 'image: ami-0123456789abcdef0',
    },
    roles: {
      value: list(dnsLabel('role'), 'a role'),
      default: "those that the pool's instances offer",
      meaning: 'Roles whose waiting requests count as demand.',
      example: 'roles: [web, worker]',
    },
    idle: {
      value: section(idleSection),
      required: true,
      meaning: 'How many READY instances; see [idle](#idle).',
      example: 'idle: { target: 3 }',
    },
    max: {
      value: someMachines,
      required: true,
      meaning: 'Machines that may be alive at once, with those that have a user.',
      example: 'max: 400',
    },
    launches_per_hour: {
      value: someMachines,
      default: '300',
      meaning: 'Launches in any hour: a brake on what a fault can cost.',
      example: 'launches_per_hour: 300',
    },
    launch: {
      value: section(launchSection),
      required: true,
      meaning: 'What machines are made from; see [launch](#launch).',
      example: 'launch: { offerings: [{ types: [m7i.large] }], subnets: [subnet-0a] }',
    },
    replace: {
      value: section(replaceSection),
      default: 'see there',
      meaning: 'When machines without a user are replaced; see [replace](#replace).',
      example: 'replace: { max_age: 168h }',
    },
  },
});

/** Their order is that of the reference. */
export const poolSections: readonly Section[] = [
  poolSection,
  idleSection,
  forecastSection,
  scheduleSection,
  launchSection,
  offeringSection,
  diskSection,
  replaceSection,
];
