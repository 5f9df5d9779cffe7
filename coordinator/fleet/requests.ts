/** How far Assign waits. */
export type Wait = 'CLAIMED' | 'EXEC' | 'READY';

/** What a caller of Assign asks for. */
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
