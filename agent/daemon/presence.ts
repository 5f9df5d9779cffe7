import type { Logger } from '../../proto/process/log.ts';
import { reportToServiceManager, tellStatus } from '../../proto/process/service-manager.ts';
import type { AgentStatus } from './agent-status.ts';
import { serveStatus } from './status-socket.ts';

export interface PresenceOptions {
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** Before anything is known. */
  status: () => AgentStatus;
}

/** What systemd and `parbake-agent status` see of the daemon, from the first time that it has to wait. */
export class Presence {
  readonly #options: PresenceOptions;
  #status: () => AgentStatus;
  #isShown = false;
  #text = '';

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#status = options.status;
  }

  /** Shows something else from now on. */
  set status(status: () => AgentStatus) {
    this.#status = status;
  }

  /** Tells systemd that the daemon has started, and opens the socket of `parbake-agent status`. Does so once. */
  show(socket: string, logger: Logger): void {
    if (this.#isShown) return;
    this.#isShown = true;
    const { env, signal } = this.#options;
    void reportToServiceManager(env, logger, signal);
    void serveStatus(socket, () => this.#status(), logger, signal);
  }

  /** The line that `systemctl status` shows of the service. */
  tell(text: string, logger: Logger): void {
    if (text === this.#text) return;
    this.#text = text;
    const { env, signal } = this.#options;
    void tellStatus(env, text, logger, signal);
  }
}
