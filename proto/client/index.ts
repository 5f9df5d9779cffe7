/** The client of the coordinator's API, as the npm package exports it: `import { connect } from 'parbake/client'`. */
export {
  connect,
  type AssignmentCalls,
  type AssignWanted,
  type ClientTls,
  type ConnectOptions,
  type Coordinator,
} from './connect.ts';
export type { CallOptions, StreamOptions } from '../wire/promise-client.ts';
export { ParbakeError, type ErrorCode, type ErrorDetails, type FieldViolation } from '../errors/errors.ts';
export { durationOf, millisecondsOf, timeOf, type ProtoTime } from '../wire/time.ts';
export type { Assignment__Output as Assignment } from '../gen/parbake/v1/Assignment.ts';
export type { Endpoint__Output as Endpoint } from '../gen/parbake/v1/Endpoint.ts';
export type { Event__Output as Event } from '../gen/parbake/v1/Event.ts';
export type { Instance__Output as Instance } from '../gen/parbake/v1/Instance.ts';
