import { toParbakeError, type ParbakeError } from '../../../proto/errors/errors.ts';
import type { Store } from '../store.ts';
import { access, type CommandName } from '../sql/commands.ts';
import { StoreThread } from './thread.ts';

/**
 * Opens the embedded store: one SQLite file, one coordinator. A thread writes and another reads, so that no call waits for
 * the disk in the caller's thread, and no long read holds up a write.
 * @param path a file, or `:memory:`
 * @param onFailure is told of each call that failed with STORE_FAILED
 * @throws ParbakeError STORE_FAILED when the file cannot be opened, is in use or is newer than we are
 */
export async function openSqliteStore(
  path: string,
  onFailure: (error: ParbakeError) => void = () => {},
): Promise<Store> {
  const writer = await StoreThread.open({ path, mode: 'write' });
  const reader =
    path === ':memory:'
      ? writer
      : await StoreThread.open({ path, mode: 'read' }).catch(async (cause: unknown) => {
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
      if (error.code === 'STORE_FAILED') onFailure(error);
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
