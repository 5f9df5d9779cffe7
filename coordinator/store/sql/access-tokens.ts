import { principalText } from '../../core/principal.ts';
import { tokenPrincipal, type AccessToken } from '../../core/access-token.ts';
import type { AccessTokenUseCases } from '../access-tokens.ts';
import { number, text } from './rows.ts';
import type { Tables } from './tables.ts';

export function accessTokenCommands({ db }: Tables): AccessTokenUseCases {
  return {
    async createToken({ tokenId, hash, principal, createTime, expireTime }) {
      await db.run('DELETE FROM access_token WHERE expire_time < ?', createTime);
      await db.run(
        'INSERT INTO access_token (token_id, hash, principal, create_time, expire_time) VALUES (?, ?, ?, ?, ?)',
        ...[tokenId, hash, principalText(principal), createTime, expireTime],
      );
    },
    accessTokens: async () =>
      (await db.all('SELECT * FROM access_token ORDER BY create_time, token_id')).flatMap(
        (row): AccessToken[] => {
          const principal = tokenPrincipal(text(row, 'principal'));
          if (principal === undefined) return [];
          const [createTime, expireTime] = [number(row, 'create_time'), number(row, 'expire_time')];
          return [
            { tokenId: text(row, 'token_id'), hash: text(row, 'hash'), principal, createTime, expireTime },
          ];
        },
      ),
    revokeToken: async (tokenId) =>
      (await db.run('DELETE FROM access_token WHERE token_id = ?', tokenId)) > 0,
  };
}
