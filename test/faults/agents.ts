// Instances as light agents in a process of their own, which is killed and started again: their disk is their journal.
import { randomUUID } from 'node:crypto';
import { connect } from 'node:http2';
import type { DesiredState__Output } from '../../proto/gen/parbake/v1/DesiredState.ts';
import type { ObservedOrder } from '../../proto/gen/parbake/v1/ObservedOrder.ts';
import { runLightAgent, type Disk } from '../fakes/light-agent.ts';
import { Journal } from './journal.ts';

const [file = '', address = '', count = ''] = process.argv.slice(2);
const journal = new Journal(file);

/** Milliseconds: a fault is over before a usual back-off has passed. */
const [soonest, latest] = [50, 250];

/** An instance that is used once, from its birth to its end. */
class Machine {
  readonly instanceId: string;
  readonly #retired = new AbortController();
  readonly #onTaken: () => void;
  #disk: Disk = { generation: 0, assignmentId: '' };

  /** @param disk as a process before this one left it */
  constructor(instanceId: string, disk: Disk, onTaken: () => void) {
    this.instanceId = instanceId;
    this.#disk = disk;
    this.#onTaken = onTaken;
  }

  get isTaken(): boolean {
    return this.#disk.assignmentId !== '';
  }

  async run(): Promise<void> {
    const { instanceId } = this;
    await runLightAgent(
      {
        instanceId,
        role: 'web',
        connect: () => connect(`http://${address}`),
        disk: () => this.#disk,
        apply: (desired) => this.#apply(desired),
        delay: () => soonest + Math.random() * (latest - soonest),
      },
      this.#retired.signal,
    );
  }

  #apply({ generation, phase, order, released }: DesiredState__Output): ObservedOrder | undefined {
    const { instanceId } = this;
    const { assignmentId = '' } = order ?? {};
    const short = phase.replace('DESIRED_PHASE_', '');
    journal.write({ kind: 'sent', instanceId, generation, phase: short, assignmentId });
    if (short === 'STOP' && released) {
      journal.write({ kind: 'retired', instanceId });
      if (!this.isTaken) this.#onTaken();
      this.#retired.abort();
      return undefined;
    }
    const known = this.#disk;
    if (generation < known.generation) return this.#observed(known.assignmentId, 'SERVING');
    this.#disk = { generation, assignmentId: assignmentId === '' ? known.assignmentId : assignmentId };
    if (short === 'RUN' && known.assignmentId !== assignmentId) {
      journal.write({ kind: 'executed', instanceId, generation, assignmentId });
      if (known.assignmentId === '') this.#onTaken();
    } else journal.write({ kind: 'applied', instanceId, generation });
    return this.#observed(assignmentId, short === 'STOP' ? 'STOPPED' : 'SERVING');
  }

  #observed(assignmentId: string, state: 'SERVING' | 'STOPPED'): ObservedOrder | undefined {
    return assignmentId === '' ? undefined : { assignmentId, state: `ORDER_STATE_${state}` };
  }
}

/** The disks of those that are not retired. */
function survivors(): Map<string, Disk> {
  const found = new Map<string, Disk>();
  for (const entry of journal.before) {
    if (entry.kind === 'born') found.set(entry.instanceId, { generation: 0, assignmentId: '' });
    if (entry.kind === 'retired') found.delete(entry.instanceId);
    if (entry.kind !== 'executed' && entry.kind !== 'applied') continue;
    const disk = found.get(entry.instanceId);
    if (disk === undefined) continue;
    disk.generation = entry.generation;
    if (entry.kind === 'executed') disk.assignmentId = entry.assignmentId;
  }
  return found;
}

/** Launches another machine in place of one that has a user. */
function launch(): void {
  const instanceId = `i-${randomUUID()}`;
  journal.write({ kind: 'born', instanceId });
  void new Machine(instanceId, { generation: 0, assignmentId: '' }, launch).run();
}

const known = [...survivors()].map(([instanceId, disk]) => new Machine(instanceId, disk, launch));
for (const machine of known) void machine.run();
for (let free = known.filter(({ isTaken }) => !isTaken).length; free < Number(count); free++) launch();
