import type { CreateTokenRequest__Output } from '../../../proto/gen/parbake/v1/CreateTokenRequest.ts';
import { millisecondsOf } from '../../../proto/wire/time.ts';
import { tokenPrincipal } from '../../core/access-token.ts';
import type { Principal } from '../../core/principal.ts';
import { invalid, readAll } from './parts.ts';

/** Milliseconds: for how long a token is valid, unless the operator says so, and at most. */
const [usualTtl, maxTtl] = [30 * 86_400_000, 90 * 86_400_000];

/** @throws ParbakeError REQUEST_INVALID */
export function tokenFromProto({ principal: text, ttl }: CreateTokenRequest__Output): {
  principal: Principal;
  ttlMs: number;
} {
  return readAll({
    principal: () => {
      const principal = tokenPrincipal(text);
      if (principal === undefined)
        throw invalid('principal', 'is not client/NAME, reader/NAME or operator/NAME');
      return principal;
    },
    ttlMs: () => {
      const ttlMs = millisecondsOf(ttl) ?? usualTtl;
      if (!(ttlMs > 0 && ttlMs <= maxTtl)) throw invalid('ttl', 'is not above 0 and at most 90 days');
      return ttlMs;
    },
  });
}
