import type { Wait } from '../core/model.ts';
import type { RouteRequest } from '../core/route.ts';
import type { IfExists } from '../store/requests.ts';

/** What a caller of Assign asks for. */
export interface Wanted {
  /** The principal that asks. */
  owner: string;
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
  /** Milliseconds; absent for as long as nobody releases it. */
  ttlMs?: number;
  ifExists?: IfExists;
  /** Host names that it gets. */
  routes: RouteRequest[];
}
