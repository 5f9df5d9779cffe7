import type { RoleOffer, Endpoint } from '../core/model.ts';

export type OrderState = 'DELIVERED' | 'STARTING' | 'STARTED' | 'SERVING' | 'FAILED' | 'STOPPED';

export interface Observed {
  generation: number;
  preparation: 'PREPARING' | 'READY' | 'FAILED' | undefined;
  preparationError: string;
  roles: RoleOffer[];
  order: { assignmentId: string; state: OrderState; error: string; endpoints: Endpoint[] } | undefined;
}

export type Wait = 'CLAIMED' | 'EXEC' | 'READY';

export interface Wanted {
  requestId: string;
  user: string;
  role: string;
  environment: string;
  env: Record<string, string>;
  /** In base64. */
  files: Record<string, string>;
  wait: Wait;
  /** Where the caller is in its trace; empty when it does not say. */
  traceparent: string;
  /** What tracing systems before us said to those after us; empty without a traceparent. */
  tracestate: string;
}
