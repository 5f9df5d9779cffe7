import { toParbakeError, type ParbakeError } from '../../../proto/errors/errors.ts';
import { isStoreFailure } from '../failure.ts';
import type { Store } from '../store.ts';
import { access, type CommandName } from '../sql/commands.ts';
import type { StorePlace } from './messages.ts';
import { StoreThread } from './thread.ts';

/**
 * Opens a store for one coordinator. A thread writes and another reads, so that no call waits for the disk or the server in
 * the caller's thread, and no long read holds up a write.
 * @param onFailure is told of each call that failed with STORE_FAILED or STORE_UNREACHABLE
 * @throws ParbakeError STORE_FAILED, STORE_UNREACHABLE when the store cannot be opened, is in use or is newer than we are
 */
export async function openStore(
  place: StorePlace,
  onFailure: (error: ParbakeError) => void = () => {},
): Promise<Store> {
  const writer = await StoreThread.open({ place, mode: 'write' });
  const reader =
    place.kind === 'sqlite' && place.path === ':memory:'
      ? writer
      : await StoreThread.open({ place, mode: 'read' }).catch(async (cause: unknown) => {
          // A thread that stays keeps the program from ending.
          await writer.close();
          throw cause;
        });
  const threads = { write: writer, read: reader };
  const names = Object.keys(access) as CommandName[];
  const call = async (name: CommandName, args: readonly unknown[]): Promise<unknown> => {
    try {
      return await threads[access[name]].call(name, args);
    } catch (cause) {
      const error = toParbakeError(cause);
      if (isStoreFailure(error.code)) onFailure(error);
      throw error;
    }
  };
  const calls = names.map((name) => [name, (...args: unknown[]) => call(name, args)]);
  return {
    ...(Object.fromEntries(calls) as Store),
    watch: async (signal) => {
      await Promise.race([reader.watch(signal), writer.watch(signal)]);
    },
    close: async () => {
      if (reader !== writer) await reader.close();
      await writer.close();
    },
  };
}

/** @param path a file, or `:memory:` */
export async function openSqliteStore(
  path: string,
  onFailure?: (error: ParbakeError) => void,
): Promise<Store> {
  return await openStore({ kind: 'sqlite', path }, onFailure);
}
