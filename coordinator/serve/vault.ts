import type { Logger } from '../../proto/process/log.ts';
import { sealStore } from '../secrets/seal-store.ts';
import { openKeys } from '../secrets/store-keys.ts';
import { Vault } from '../secrets/vault.ts';
import type { SealedUseCases } from '../store/sealed.ts';

/**
 * Opens the keys of the store, and seals with the newest one what is not.
 * @param path absent for a store that ends with this process
 * @throws ParbakeError STORE_KEY_INVALID, KEY_EXPOSED, FILE_UNREADABLE
 */
export async function openVault(
  path: string | undefined,
  store: SealedUseCases,
  logger: Logger,
): Promise<Vault> {
  if (path === undefined) return Vault.ephemeral();
  const vault = new Vault(await openKeys(path));
  const count = await sealStore(store, vault);
  if (count > 0) logger.info({ count }, 'assignments sealed with the newest key of the store');
  return vault;
}
