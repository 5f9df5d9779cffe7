import { ParbakeError } from '../../proto/errors/errors.ts';
import { isRefusal } from '../core/image/pull-failure.ts';
import type { Login } from '../core/image/registry-logins.ts';
import type { RegistryLogins } from './logins.ts';

/**
 * Does what needs a login to a registry. A refused login is asked for once more, since it may have expired.
 * @param domain as in an image reference
 * @throws whatever `work` throws; a refusal also says why a credential helper gave nothing
 */
export async function withLogin<T>(
  logins: RegistryLogins,
  domain: string,
  work: (login: Login | undefined) => Promise<T>,
): Promise<T> {
  const login = await logins.find(domain);
  try {
    return await work(login);
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    const fresh = await logins.find(domain, true);
    if (fresh !== undefined && !isSame(fresh, login)) return await work(fresh);
    const problem = logins.problems().get(domain);
    if (problem === undefined || !(cause instanceof ParbakeError)) throw cause;
    throw new ParbakeError(cause.code, `${cause.message} (${problem})`, { cause });
  }
}

function isSame(a: Login, b: Login | undefined): boolean {
  return a.username === b?.username && a.password === b?.password && a.identitytoken === b?.identitytoken;
}
