import { ParbakeError } from '../../proto/errors/errors.ts';
import type { ValuesOf } from '../../proto/process/cli/command.ts';
import type { OidcTokens } from '../trust/oidc.ts';
import { readOidcRule } from '../trust/oidc-map.ts';
import type { serveDeclaration } from './serve-declaration.ts';

/** @returns undefined without an issuer. @throws ParbakeError USAGE */
export async function readOidc({
  oidcIssuer: issuer,
  oidcAudience: audience,
  oidcAlgorithm: algorithms,
  oidcMap,
}: ValuesOf<typeof serveDeclaration>): Promise<OidcTokens | undefined> {
  if (issuer === undefined) {
    if (audience !== undefined || algorithms.length > 0 || oidcMap.length > 0)
      throw new ParbakeError('USAGE', 'the --oidc options are for --oidc-issuer: give one');
    return undefined;
  }
  if (audience === undefined || oidcMap.length === 0)
    throw new ParbakeError('USAGE', '--oidc-issuer needs --oidc-audience and --oidc-map');
  const rules = oidcMap.map(readOidcRule);
  // The library is loaded only where it is used.
  const { checkIssuerUrl, OidcTokens } = await import('../trust/oidc.ts');
  checkIssuerUrl(issuer);
  return new OidcTokens({
    issuer,
    audience,
    algorithms: algorithms.length > 0 ? algorithms : ['RS256', 'ES256'],
    rules,
  });
}
