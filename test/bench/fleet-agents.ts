// A share of a fleet as light agents in a process of its own. Says how many are connected, and how many check-ins timed out.
import { setTimeout } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { connect, type ClientHttp2Session } from 'node:http2';
import type { DesiredState__Output } from '../../proto/gen/parbake/v1/DesiredState.ts';
import type { ObservedOrder } from '../../proto/gen/parbake/v1/ObservedOrder.ts';
import { hostOf } from '../../proto/wire/address.ts';
import { coordinatorName, identityCheck } from '../../proto/wire/server-identity.ts';
import { runLightAgent, type Disk } from '../fakes/light-agent.ts';

/** What a process is started with, as JSON in its first argument. */
export interface AgentsOrder {
  address: string;
  count: number;
  /** Milliseconds; without it, there are no samples. */
  sampleEvery?: number;
  /** Absent: plaintext. */
  tls?: { ca: string; cert: string; key: string };
}

/** What it says from then on. */
export interface AgentsSaid {
  connected: number;
  checkIns: number;
  timedOut: number;
}

/** Milliseconds between two messages, and between two agents at the start. */
const [every, apart] = [200, 2];

const { address, count, sampleEvery, tls } = JSON.parse(process.argv[2] ?? '') as AgentsOrder;
const said: AgentsSaid = { connected: 0, checkIns: 0, timedOut: 0 };
const checkServerIdentity = identityCheck(hostOf(address), coordinatorName);

function dial(): ClientHttp2Session {
  said.checkIns += 1;
  if (tls === undefined) return connect(`http://${address}`);
  return connect(`https://${address}`, { ...tls, servername: coordinatorName, checkServerIdentity });
}

/** One instance, from its launch to its release. */
async function runMachine(): Promise<void> {
  const retired = new AbortController();
  let disk: Disk = { generation: 0, assignmentId: '' };
  let isConnected = false;
  const apply = ({ generation, phase, order, released }: DesiredState__Output): ObservedOrder | undefined => {
    const { assignmentId = disk.assignmentId } = order ?? {};
    if (generation >= disk.generation) disk = { generation, assignmentId };
    if (released) retired.abort();
    if (assignmentId === '') return undefined;
    const state = phase === 'DESIRED_PHASE_STOP' ? 'ORDER_STATE_STOPPED' : 'ORDER_STATE_SERVING';
    return { assignmentId, state };
  };
  const onConnected = (is: boolean): void => {
    if (is !== isConnected) said.connected += is ? 1 : -1;
    isConnected = is;
  };
  await runLightAgent(
    {
      ...{ instanceId: `i-${randomUUID()}`, role: 'web', connect: dial, disk: () => disk, apply },
      ...(sampleEvery === undefined ? {} : { sampleEvery }),
      onConnected,
      onFailed: ({ code }) => {
        if (code === 'DEADLINE_EXCEEDED') said.timedOut += 1;
      },
    },
    retired.signal,
  );
}

async function inPlace(): Promise<never> {
  for (;;) await runMachine();
}

setInterval(() => process.send?.(said), every);
process.on('disconnect', () => process.exit());
for (let started = 0; started < count; started++) {
  void inPlace();
  await setTimeout(apart);
}
