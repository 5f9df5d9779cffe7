import { join } from 'node:path';
import { openServices, type Services } from '../../proto/client/services.ts';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import { defaultSocket } from '../../proto/wire/default-socket.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import type { SettingsFile, Values } from '../../proto/process/cli/declaration.ts';
import { flag, preset, setting, text } from '../../proto/process/cli/options.ts';
import { nameProxy } from '../../proto/wire/proxy.ts';
import { proofOf } from './proof.ts';

/** Options of every command that asks the coordinator. */
export const connectionOptions = {
  coordinator: setting(preset(text('ADDRESS', "the coordinator's host:port, or unix:PATH"), defaultSocket)),
  tlsCa: setting(text('FILE', "CA certificates that the coordinator's must be signed by (PEM)")),
  tlsCert: setting(text('FILE', 'your certificate (PEM)')),
  tlsKey: setting(text('FILE', 'the key of your certificate (PEM)')),
  tokenFile: setting(text('FILE', 'your token, in place of a certificate (parbake token create)')),
  tlsName: setting(
    text('NAME', "name that the coordinator's certificate must have (default: the host that is dialled)"),
  ),
  config: text('FILE', 'settings file to read instead of the usual one'),
  json: flag('print one JSON document'),
};

/** Where an operator's settings are. */
export const settingsFile: SettingsFile = {
  shown: '~/.config/parbake/parbake.conf',
  path: ({ env }) =>
    join(env['XDG_CONFIG_HOME'] || join(env['HOME'] || '/', '.config'), 'parbake/parbake.conf'),
};

export type ConnectionValues = Pick<
  Values<typeof connectionOptions>,
  'coordinator' | 'tlsCa' | 'tlsCert' | 'tlsKey' | 'tlsName' | 'tokenFile'
>;

/** The API's services, whose calls are promises and async iterables. */
export type Clients = Services;

/** Opens the API's clients for `work`, and closes them after it. */
export async function withCoordinator<T>(
  values: ConnectionValues,
  { env }: Pick<CommandContext, 'env'>,
  work: (clients: Clients) => Promise<T>,
): Promise<T> {
  const { coordinator: address } = values;
  const clients = openServices(address, await proofOf(values), env);
  try {
    return await work(clients);
  } catch (cause) {
    const error = nameProxy(toParbakeError(cause), address, env);
    if (error.code !== 'COORDINATOR_UNREACHABLE') throw error;
    throw new ParbakeError(error.code, `no coordinator answers at ${address}: ${error.message}`, { cause });
  } finally {
    clients.close();
  }
}
