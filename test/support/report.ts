import type { AgentServiceClient } from '../../proto/gen/parbake/v1/AgentService.ts';
import type { ReportRequest } from '../../proto/gen/parbake/v1/ReportRequest.ts';

/**
 * Reports as an agent does; its first batch of one boot, unless `batch` says otherwise.
 * @returns the sequence that was acknowledged: what is not would come again for ever
 */
export function report(
  agents: AgentServiceClient,
  instanceId: string,
  batch: Partial<ReportRequest>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const stream = agents.report();
    stream.on('data', ({ acknowledgedSequence }: { acknowledgedSequence: number }) => {
      resolve(acknowledgedSequence);
      stream.end();
    });
    stream.on('error', reject);
    stream.write({ instanceId, bootId: `boot-${instanceId}`, sequence: 1, ...batch });
  });
}
