import { expect, test } from 'vitest';
import { rolesFromProto } from '../../coordinator/api/from-proto/assign.ts';
import { checkInFromProto } from '../../coordinator/api/from-proto/check-in.ts';
import { required } from '../../coordinator/api/from-proto/parts.ts';
import { eventsFromProto } from '../../coordinator/api/from-proto/events.ts';
import {
  assignmentsFromProto,
  eventPageFromProto,
  instancesFromProto,
  rolePageFromProto,
  samplesFromProto,
} from '../../coordinator/api/from-proto/lists.ts';
import { reportFromProto } from '../../coordinator/api/from-proto/report.ts';
import { timelineFromProto } from '../../coordinator/api/timeline-page.ts';
import type { InstanceFacts__Output } from '../../proto/gen/parbake/v1/InstanceFacts.ts';
import type { ReportRequest__Output } from '../../proto/gen/parbake/v1/ReportRequest.ts';
import type { StartReads__Output } from '../../proto/gen/parbake/v1/StartReads.ts';
import { parbakeV1 } from '../../proto/wire/loader.ts';
import { timeOf } from '../../proto/wire/time.ts';
import { violationsOf } from '../support/violations.ts';

const long = 'x'.repeat(300);
const unknown = 99 as never;
const page = { pageSize: -1, pageToken: '!' };
const times = { startTime: timeOf(2000), endTime: timeOf(1000) };
const loss = { onLoss: unknown, silentAfter: timeOf(1000) };
const role = { name: 'web', userEnv: ['GOOD', 'NOT GOOD'], takesFiles: false, ...loss };
const { CheckIn } = parbakeV1('AgentService').AgentService.service;
const facts = (CheckIn.requestDeserialize(CheckIn.requestSerialize({ facts: {} })).facts ??
  {}) as InstanceFacts__Output;
const offer = {
  name: 'web',
  userEnv: [],
  ports: [],
  preparation: 1,
  takesFiles: false,
  reachesMetadata: false,
  imdsExposure: 'IMDS_EXPOSURE_UNSPECIFIED' as const,
};

test.each<[string, () => unknown, string[]]>([
  [
    'ListInstances',
    () => instancesFromProto({ role: long, state: unknown, pageSize: -1, pageToken: long }),
    ['role', 'state', 'page_size', 'page_token'],
  ],
  [
    'ListAssignments',
    () =>
      assignmentsFromProto({
        ...page,
        user: long,
        role: long,
        environment: long,
        instanceId: long,
        liveOnly: false,
        state: unknown,
      }),
    ['user', 'role', 'environment', 'instance_id', 'state', 'page_size', 'page_token'],
  ],
  ['ListRoles', () => rolePageFromProto({ ...page, pageToken: long }), ['page_size', 'page_token']],
  [
    'ListEvents',
    () => eventPageFromProto({ ...page, instanceId: '' }),
    ['instance_id', 'page_size', 'page_token'],
  ],
  [
    'QuerySamples',
    () => samplesFromProto({ ...times, instanceId: '', maxSamples: -1 }),
    ['instance_id', 'end_time', 'max_samples'],
  ],
  [
    'GetTimeline',
    () => timelineFromProto({ ...times, ...page, instanceId: long }),
    ['instance_id', 'end_time', 'page_size', 'page_token'],
  ],
  [
    'WatchEvents',
    () => eventsFromProto({ instanceId: long, assignmentId: long, cursor: 'x', last: 5, untilNow: true }),
    ['instance_id', 'assignment_id', 'cursor', 'last'],
  ],
  [
    'ApplyRoles',
    () => rolesFromProto([role, { ...role, name: 'Web', userEnv: [] }]),
    [
      ...['roles[0].user_env[1]', 'roles[0].on_loss', 'roles[0].silent_after'],
      ...['roles[1].name', 'roles[1].on_loss', 'roles[1].silent_after'],
    ],
  ],
  [
    'CheckIn',
    () =>
      checkInFromProto(
        {
          facts: { ...facts, instanceId: '', bootId: '', bakeId: 'red \u001b[31m' },
          sealed: true,
          observedGeneration: -1,
          assignmentId: long,
          roles: [
            { ...offer, onLoss: 'ON_LOSS_FAIL', silentAfter: null },
            { ...offer, ...loss },
          ],
        },
        (said) => required('facts.instance_id', said, 128),
      ),
    [
      ...['facts.instance_id', 'facts.boot_id', 'facts.bake_id', 'observed_generation', 'assignment_id'],
      ...['roles[1].on_loss', 'roles[1].silent_after'],
    ],
  ],
  [
    'Report',
    () => reportFromProto({ ...aReport(), sequence: 0, bootId: '', reads: [reads(), reads('../x')] }, 1000),
    ['boot_id', 'sequence', 'reads[0].bake_id', 'reads[1].bake_id', 'reads[1].missed_files[0].path'],
  ],
])('a request of %s is refused with the path of each of its wrong fields', (_, read, fields) => {
  expect(violationsOf(read)).toEqual(fields);
});

function aReport(): ReportRequest__Output {
  return {
    instanceId: 'i-1',
    bootId: 'b',
    sequence: 1,
    spans: [],
    pulls: [],
    starts: [],
    samples: [],
    reads: [],
  };
}

function reads(path = '/usr/bin/app'): StartReads__Output {
  return {
    role: 'web',
    assignmentId: 'as-1',
    startTime: null,
    unwatchedReason: '',
    unwatchedMessage: '',
    bakeId: long,
    fileSystemUuid: '',
    listedBytes: 0,
    missedBytes: 0,
    missedChunks: [],
    leftOut: 0,
    missedFiles: [{ path, ranges: [0, 1] }],
  };
}
