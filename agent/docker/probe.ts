import { request } from 'node:http';
import { connect } from 'node:net';
import { codeOf, reasonOf } from '../../proto/errors/cause.ts';
import { sendRequest } from '../../proto/process/http.ts';

/** Milliseconds that one try may take. */
const tryDeadline = 1_000;

/** What one try of a readiness check saw. */
export type Probed =
  | { passed: true }
  /** `saw` follows the name of the check, such as `answered 404`. */
  | { passed: false; saw: string };

/** Any answer below 400 will do. */
export async function probeHttp(
  where: { host: string; port: number; path: string } | { socketPath: string; path: string },
  signal: AbortSignal,
): Promise<Probed> {
  let isLate = false;
  const call = request({ ...where, signal, agent: false });
  const timer = setTimeout(() => {
    isLate = true;
    call.destroy();
  }, tryDeadline);
  try {
    const answer = await sendRequest(call);
    answer.resume();
    const { statusCode = 500 } = answer;
    return statusCode < 400 ? { passed: true } : { passed: false, saw: `answered ${statusCode}` };
  } catch (cause) {
    return { passed: false, saw: failure(cause, isLate) };
  } finally {
    clearTimeout(timer);
  }
}

/** A connection that is accepted will do. */
export function probeTcp(host: string, port: number): Promise<Probed> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: tryDeadline });
    const end = (probed: Probed): void => {
      socket.destroy();
      resolve(probed);
    };
    socket.on('connect', () => end({ passed: true }));
    socket.on('error', (cause) => end({ passed: false, saw: failure(cause, false) }));
    socket.on('timeout', () => end({ passed: false, saw: failure(undefined, true) }));
  });
}

function failure(cause: unknown, isLate: boolean): string {
  if (isLate) return `timed out after ${tryDeadline / 1000} s`;
  const code = codeOf(cause);
  if (code === 'ECONNREFUSED') return 'was refused';
  if (code === 'ECONNRESET') return 'was cut off without an answer';
  return `failed (${reasonOf(cause)})`;
}
