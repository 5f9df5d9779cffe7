import type { SealedUseCases } from '../store/sealed.ts';
import type { Vault } from './vault.ts';

/** Rows of one transaction. */
const batch = 500;

/**
 * Seals what is in the store with the newest key: after a rotation what was sealed with an older one, and after an upgrade
 * what was not sealed at all.
 * @returns how many assignments
 * @throws ParbakeError STORE_KEY_INVALID when the key of one of them is missing
 */
export async function sealStore(store: SealedUseCases, vault: Vault): Promise<number> {
  for (let sealed = 0; ;) {
    const rows = await store.sealedOtherwise(vault.newestKey, batch);
    if (rows.length === 0) return sealed;
    await store.reseal(rows.map((row) => vault.reseal(row)));
    sealed += rows.length;
  }
}
