import type { ErrorCode } from '../../../proto/errors/catalogue.ts';
import type { ErrorDetails } from '../../../proto/errors/errors.ts';
import type { Replica } from '../postgres/lease.ts';
import type { CommandName } from '../sql/commands.ts';

/** Where everything is kept. */
export type StorePlace =
  | { kind: 'sqlite'; path: string }
  /** Without a replica, whoever opens it has it alone. */
  | { kind: 'postgres'; url: string; replica?: Replica };

/** What a thread of the store is made with. */
export interface ThreadData {
  place: StorePlace;
  mode: 'write' | 'read';
}

/** A use case that is asked for. Each message has those of one moment. */
export interface Call {
  id: number;
  name: CommandName;
  args: readonly unknown[];
}

/** An error as it crosses from one thread to another. */
export interface Failure {
  code: ErrorCode;
  message: string;
  details: ErrorDetails;
  stack: string;
}

export type Answer = { id: number; result: unknown } | { id: number; failure: Failure };

export type FromThread =
  | { kind: 'open' }
  | { kind: 'refused'; failure: Failure }
  | { kind: 'answers'; answers: Answer[] }
  /** It serves nothing any more. */
  | { kind: 'ended'; failure: Failure };

export type ToThread = { kind: 'calls'; calls: Call[] } | { kind: 'close' };
