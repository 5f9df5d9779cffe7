import { toParbakeError } from '../../proto/errors/errors.ts';
import { ProviderError } from '../core/pool/provider.ts';

/** What is done to a provider, for figures. */
export type ProviderAction = 'launch' | 'list' | 'terminate' | 'image';

export type Called = (action: ProviderAction, outcome: string) => void;

/** Makes a call to a provider, and says how it ended. */
export async function counted<T>(
  { called = () => {} }: { called?: Called },
  action: ProviderAction,
  work: () => Promise<T>,
): Promise<T> {
  try {
    const result = await work();
    called(action, 'ok');
    return result;
  } catch (cause) {
    called(action, cause instanceof ProviderError ? cause.kind : toParbakeError(cause).code);
    throw cause;
  }
}
