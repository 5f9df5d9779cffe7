import { exitCodes } from '../../proto/errors/exit.ts';
import type { AccessToken__Output } from '../../proto/gen/parbake/v1/AccessToken.ts';
import { command } from '../../proto/process/cli/command.ts';
import { duration, required, text } from '../../proto/process/cli/options.ts';
import { millisecondsOf, timeOf } from '../../proto/wire/time.ts';
import { printable } from '../insight/format.ts';
import { connectionOptions, settingsFile, withCoordinator } from './client.ts';
import { listOptions, listText } from './listing.ts';

const day = 86_400_000;

export const createTokenCommand = command(
  {
    name: 'token create',
    summary: 'Make a token that a caller shows instead of a certificate.',
    description:
      'Prints the token. The coordinator keeps only its hash, so it is shown once. A program sends it as "authorization: Bearer TOKEN", parbake reads it from --token-file.',
    options: {
      ttl: duration('how long it is valid (default 720h, at most 2160h)', { min: 1_000, max: 90 * day }),
      ...connectionOptions,
    },
    positionals: { principal: required(text('PRINCIPAL', 'client/NAME, reader/NAME or operator/NAME')) },
    examples: ['parbake token create client/backend --ttl 168h > token'],
    settingsFile,
  },
  async ({ principal, ttl, json, ...values }, context) =>
    await withCoordinator(values, context, async ({ trust }) => {
      const { secret, token } = await trust.createToken({
        principal,
        ttl: ttl === undefined ? null : timeOf(ttl),
      });
      const document = { token: secret, ...(token === null ? {} : tokenDocument(token)) };
      context.stdout.write(json ? `${JSON.stringify(document)}\n` : `${secret}\n`);
      if (token !== null) context.stderr.write(`${tokenLine(token)}\n`);
      return exitCodes.done;
    }),
);

export const listTokensCommand = command(
  {
    name: 'token list',
    summary: 'List the valid tokens.',
    description:
      'Lists each token by its id, with its principal and when it expires. The tokens themselves are not kept.',
    options: listOptions,
    positionals: {},
    examples: ['parbake token list'],
    settingsFile,
  },
  async (values, context) => {
    const { tokens } = await withCoordinator(values, context, ({ trust }) => trust.listTokens({}));
    const documents = tokens.map(tokenDocument);
    context.stdout.write(
      listText(values, {
        header: ['TOKEN', 'PRINCIPAL', 'CREATED', 'EXPIRES'],
        items: documents,
        cellsOf: (token) => [token.token_id, token.principal, token.create_time, token.expire_time],
        document: () => ({ tokens: documents }),
      }),
    );
    return exitCodes.done;
  },
);

export const revokeTokenCommand = command(
  {
    name: 'token revoke',
    summary: 'Make a token invalid at once.',
    description: 'Ends the open calls of a token too.',
    options: connectionOptions,
    positionals: { token: required(text('TOKEN-ID', 'id of the token, from "token list"')) },
    examples: ['parbake token revoke tok-0b9e2c1a-7c3f-4f0e-9a51-2f6d8c4b7e10'],
    settingsFile,
  },
  async ({ token: tokenId, json, ...values }, context) =>
    await withCoordinator(values, context, async ({ trust }) => {
      await trust.revokeToken({ tokenId });
      context.stdout.write(
        json ? `${JSON.stringify({ revoked: tokenId })}\n` : `${printable(tokenId)}  revoked\n`,
      );
      return exitCodes.done;
    }),
);

function tokenDocument({ tokenId, principal, createTime, expireTime }: AccessToken__Output) {
  const text = (time: typeof expireTime): string => new Date(millisecondsOf(time) ?? 0).toISOString();
  return { token_id: tokenId, principal, create_time: text(createTime), expire_time: text(expireTime) };
}

function tokenLine(token: AccessToken__Output): string {
  const { token_id: id, principal, expire_time: expires } = tokenDocument(token);
  return `${printable(id)}  ${printable(principal)}  expires ${expires}`;
}
