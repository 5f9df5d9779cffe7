import type { Instance__Output } from '../../proto/gen/parbake/v1/Instance.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { exitCodes, type ExitCode } from '../../proto/errors/exit.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { printable, stateName } from '../insight/format.ts';
import { withCoordinator, type Clients } from './client.ts';
import { instanceDocument } from './documents.ts';
import type { Occupied } from './instance-effect.ts';

export interface Operation {
  /** What it will do, as a sentence. @throws ParbakeError when the coordinator would refuse it */
  readonly effectOn: (occupied: Occupied) => string;
  readonly call: (clients: Clients, instanceId: string) => Promise<{ instance: Instance__Output | null }>;
}

type Given = Parameters<typeof withCoordinator>[0] & { instance: string; json: boolean; dryRun: boolean };

/** Says what an operation will do to an instance, and does it unless this is a dry run. */
export async function operate(
  values: Given,
  { effectOn, call }: Operation,
  context: CommandContext,
): Promise<ExitCode> {
  const { stdout, stderr } = context;
  return await withCoordinator(values, context, async (clients) => {
    const occupied = await readOccupied(clients, values.instance);
    const effect = printable(effectOn(occupied));
    if (values.dryRun) {
      const document = { dry_run: true, effect, instance: instanceDocument(occupied.instance) };
      stdout.write(values.json ? `${JSON.stringify(document)}\n` : `Dry run: ${effect}\n`);
      return exitCodes.done;
    }
    stderr.write(`${effect}\n`);
    const instance = answered(await call(clients, values.instance));
    const document = { dry_run: false, effect, instance: instanceDocument(instance) };
    stdout.write(values.json ? `${JSON.stringify(document)}\n` : instanceLine(instance));
    return exitCodes.done;
  });
}

/** @throws ParbakeError INTERNAL */
export function answered({ instance }: { instance: Instance__Output | null }): Instance__Output {
  if (instance === null) throw new ParbakeError('INTERNAL', 'the coordinator answered without an instance');
  return instance;
}

export function instanceLine({ instanceId, state }: Instance__Output): string {
  return `${printable(instanceId)}  ${stateName(state)}\n`;
}

/** @throws ParbakeError INSTANCE_NOT_FOUND */
async function readOccupied(
  { fleet, assignments }: Clients,
  instanceId: string,
): Promise<Occupied & { instance: Instance__Output }> {
  const instance = answered(await fleet.getInstance({ instanceId }));
  const { assignmentId } = instance;
  if (assignmentId === '') return { instance, assignment: null };
  return { instance, assignment: (await assignments.getAssignment({ assignmentId })).assignment };
}
