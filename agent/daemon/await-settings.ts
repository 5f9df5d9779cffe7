import { toParbakeError } from '../../proto/errors/errors.ts';
import { backoff } from '../../proto/process/backoff.ts';
import type { ReadAgainOf } from '../../proto/process/cli/command.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import type { Logger } from '../../proto/process/log.ts';
import { pause } from '../../proto/process/tasks.ts';
import { givenRoot } from '../host/root.ts';
import { waitingStatus } from './agent-status.ts';
import type { runDeclaration } from './declarations.ts';
import { readEnvironmentFile } from './environment-file.ts';
import { LaunchSettings } from './launch-settings.ts';
import type { Presence } from './presence.ts';
import { readRunOptions, statusSocketOf, type Told, type ToldEnough } from './run-options.ts';

export interface AwaitSettings {
  /** As the daemon was started. */
  told: Told;
  readAgain: ReadAgainOf<typeof runDeclaration>;
  presence: Presence;
  context: Pick<CommandContext, 'env' | 'signal'>;
  logger: Logger;
}

/** Milliseconds between two looks at the files. */
const bounds = { first: 250, max: 2_000 };

/**
 * Reads the settings again until the daemon can start with them: systemd and `parbake-agent status` say what is missing.
 * @returns undefined when the signal aborted first
 */
export async function awaitSettings(request: AwaitSettings): Promise<ToldEnough | undefined> {
  const { presence, logger, context } = request;
  const launch = new LaunchSettings();
  let { told } = request;
  let known = '';
  for (let rounds = 0; !context.signal.aborted; rounds++) {
    try {
      told = await readOnce(request, launch);
      const options = await readRunOptions(told.values);
      presence.tell(`checking in with ${options.address}`, logger);
      logger.info({ address: options.address, where: told.settings['coordinator']?.where }, 'settings found');
      return { options, settings: told.settings };
    } catch (cause) {
      if (context.signal.aborted) return undefined;
      const error = toParbakeError(cause);
      if (error.code === 'INTERNAL') throw cause;
      const problems = [error.toReason(), launch.problem].filter((text) => text !== '').join('; ');
      const reason = `${problems}. ${error.action}`;
      presence.status = () => waitingStatus('settings', told.settings, { reason });
      presence.show(statusSocketOf(told.values), logger);
      presence.tell(`waiting for settings: ${reason}`, logger);
      if (reason !== known) logger.warn({ reason }, 'waiting for settings');
      known = reason;
    }
    await pause(backoff(rounds, Math.random(), bounds), context.signal);
  }
  return undefined;
}

/** The metadata service is asked only when nothing else names the coordinator. */
async function readOnce({ told, readAgain, context }: AwaitSettings, launch: LaunchSettings): Promise<Told> {
  const env = { ...context.env, ...(await readEnvironmentFile(givenRoot(told.values.root))) };
  const found = await readAgain(env, []);
  if (found.values.coordinator !== undefined) return found;
  const { imds, launchCa } = found.values;
  return await readAgain(env, await launch.read(imds, launchCa === 'allow', context.signal));
}
