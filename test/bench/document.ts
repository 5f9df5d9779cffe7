import type { StartResult } from './start.ts';
import type { AssignResult, AttestedResult } from './assign.ts';
import type { LazyResult } from './lazy.ts';
import type { BakeResult } from './bake.ts';
import type { AgentResult } from './agent.ts';

/** Everything that was measured, in one run on one machine. Times are milliseconds. */
export interface BenchDocument {
  machine: { cpus: number; memory_gib: number; kernel: string; docker: string };
  start?: StartResult[];
  assign?: AssignResult & { app: string; attested?: AttestedResult };
  lazy?: LazyResult['lazy'];
  dockerd?: LazyResult['dockerd'];
  agent?: AgentResult;
  bake?: BakeResult[];
}
