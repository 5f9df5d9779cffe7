import { expect, test } from 'vitest';
import { poolsFromProto } from '../../coordinator/api/from-proto/pools.ts';
import { poolMessage } from '../../coordinator/cli/pool-message.ts';
import { poolMessage as answered } from '../../coordinator/api/pool-message.ts';
import type { ApplyPoolsRequest__Output } from '../../proto/gen/parbake/v1/ApplyPoolsRequest.ts';
import { scheduledTarget } from '../../coordinator/core/pool/pool-spec.ts';
import { userDataFor } from '../../coordinator/core/pool/user-data.ts';
import { parsePoolFile } from '../../proto/pool/pool-file.ts';
import { aPoolFile } from '../support/pool-file.ts';

const parse = (text: string) => parsePoolFile(text, 'pool.yaml', { IMAGE: 'ami-2' });
/** What the coordinator makes of a file. */
const applied = (text: string, userData = '') => {
  const pools = [poolMessage(parse(text), userData)] as ApplyPoolsRequest__Output['pools'];
  return poolsFromProto({ pools, validateOnly: false })[0];
};

test('a small file gets every default', () => {
  expect(applied(aPoolFile(['subnet-a']))?.spec).toEqual({
    name: 'web',
    imageId: 'ami-12c6146b',
    roles: [],
    idle: {
      target: 2,
      share: 0,
      max: 6,
      hold: 0,
      forecast: { mode: 'off', quantile: 0.99, lead: 100_000 },
      schedules: [],
    },
    max: 6,
    launchesPerHour: 300,
    launch: {
      offerings: [{ market: 'on-demand', instanceTypes: ['m7i.large'] }],
      subnetIds: ['subnet-a'],
      securityGroupIds: [],
      instanceProfile: '',
      tags: {},
      userData: '',
    },
    replace: {
      maxAge: 1_209_600_000,
      surge: 0.1,
      bootTimeout: 300_000,
      prepareTimeout: 300_000,
      maxQuarantined: 2,
      maxSilent: 0.2,
    },
  });
});

test('a full file arrives whole, and is shown again without its user data', () => {
  const text = `apiVersion: parbake/v1
kind: Pool
name: web
image: \${IMAGE}
roles: [web, worker]
idle:
  target: 3
  share: 12.5%
  max: 40
  hold: 5m
  forecast: { mode: watch, quantile: 99.5%, lead: 2m }
  schedules: [{ days: [mon, fri], from: '08:00', until: '18:30', timezone: Europe/Berlin, target: 12 }]
max: 400
launches_per_hour: 120
launch:
  offerings: [{ types: [m7i.large, m6i.large] }, { types: [r7i.large], market: spot, share: 60% }]
  subnets: [subnet-a, subnet-b]
  security_groups: [sg-01]
  instance_profile: parbake-instance
  disk: { device: /dev/xvda, gib: 30, throughput: 250 }
  tags: { team: previews }
  user_data: agent.cloud-config
replace: { max_age: 168h, surge: 20%, boot_timeout: 4m, prepare_timeout: 6m, max_quarantined: 1, max_silent: 0% }
`;
  const pool = applied(text, '#cloud-config\n');
  expect(pool?.spec).toMatchObject({
    imageId: 'ami-2',
    idle: {
      share: 0.125,
      hold: 300_000,
      forecast: { mode: 'watch', quantile: 0.995, lead: 120_000 },
      schedules: [{ days: [1, 5], from: 480, until: 1110, timeZone: 'Europe/Berlin', target: 12 }],
    },
    launch: {
      offerings: [{ market: 'on-demand' }, { market: 'spot', instanceTypes: ['r7i.large'], share: 0.6 }],
      disk: { device: '/dev/xvda', gib: 30, type: 'gp3', iops: 0, throughput: 250 },
      userData: '#cloud-config\n',
    },
    replace: { maxAge: 604_800_000, surge: 0.2, maxQuarantined: 1, maxSilent: 0 },
  });
  const shown = answered({ spec: pool!.spec, isDeleted: false });
  expect(shown.spec).toMatchObject({ roles: ['web', 'worker'], launch: { userData: '' } });
});

test('every mistake comes at once, with its place', () => {
  const wrong = aPoolFile(['Subnet A'], {
    name: 'Web',
    idle: '{ target: 9, share: 200%, holt: 1m }',
    max: '6',
    launch: '{ offerings: [{ types: [], market: spt }], subnets: ["not a subnet"] }',
    replace: '{ boot_timeout: 1s }',
  });
  expect(() => parse(wrong)).toThrow(
    expect.objectContaining({
      code: 'POOL_INVALID',
      message: expect.stringMatching(
        /pool\.yaml:3:7: "Web" is not a pool name.*target 9 is above max 6.*"200%" is not a percentage.*did you mean "hold".*types is empty.*did you mean "spot".*"not a subnet".*boot_timeout/s,
      ),
    }),
  );
});

test.each([
  [{ max: '0' }, 'max'],
  [{ image: "''" }, 'image'],
  [{ idle: '{ target: 2, max: 1 }' }, 'idle.max 1 is below idle.target 2'],
  [{ idle: '{ target: 2, forecast: { quantile: 10% } }' }, 'forecast.quantile'],
  [{ launch: '{ offerings: [{ types: [m7i.large], share: 10% }], subnets: [s] }' }, 'offering.share'],
  [
    { launch: '{ offerings: [{ types: [m7i.large] }], subnets: [s], tags: { "parbake:pool": x } }' },
    'parbake:',
  ],
])('a file with %j is refused', (more, said) => {
  expect(() => parse(aPoolFile(['subnet-a'], more))).toThrow(said);
});

test.each([
  [{ timeZone: 'Mars/Base' }, 'time_zone'],
  [{ target: 100 }, 'idle.max'],
])('the coordinator refuses a schedule with %j, whatever client asks', (more, said) => {
  const { idle, ...pool } = parse(aPoolFile(['subnet-a']));
  const schedule = { days: [1], fromMinute: 0, untilMinute: 60, timeZone: 'UTC', target: 1, ...more };
  const message = poolMessage({ ...pool, idle: { ...idle, schedules: [schedule] } }, '');
  const pools = [message] as ApplyPoolsRequest__Output['pools'];
  expect(() => poolsFromProto({ pools, validateOnly: false })).toThrow(said);
});

test.each([
  ['2026-12-01T07:00:00Z', 12],
  ['2026-12-01T06:59:00Z', 0],
  ['2026-12-01T17:00:00Z', 0],
  // Sunday evening until Monday morning.
  ['2026-11-29T22:00:00Z', 5],
  ['2026-11-30T04:59:00Z', 5],
  ['2026-11-30T05:00:00Z', 0],
])('at %s the schedules want %i', (time, target) => {
  const schedules = [
    { days: [2], from: 480, until: 1080, timeZone: 'Europe/Berlin', target: 12 },
    { days: [0], from: 1320, until: 360, timeZone: 'Europe/Berlin', target: 5 },
  ];
  expect(scheduledTarget(schedules, new Date(time))).toBe(target);
});

test("user data powers a machine off that nobody knows, before the operator's own part", () => {
  const text = userDataFor('#cloud-config\npackages: [git]\n', 300_000);
  const [head = '', ours = '', own = ''] = text.split('--==parbake==\n');
  expect(head).toContain('multipart/mixed; boundary="==parbake=="');
  expect(ours).toContain('text/cloud-boothook');
  expect(ours).toContain('--on-active=900');
  expect(ours).toContain('[ -e /run/parbake/checked-in ] || systemctl poweroff');
  expect(own).toContain('text/cloud-config');
  expect(own).toContain('packages: [git]');
});
