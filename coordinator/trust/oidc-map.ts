import { ParbakeError } from '../../proto/errors/errors.ts';
import { isPrincipalName, type Principal, type PrincipalKind } from '../core/principal.ts';

/** Signatures by keys that only the issuer has. */
export const oidcAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'] as const;

/** Gives the holder of a token with a certain claim a principal. */
export interface OidcRule {
  claim: string;
  /** A value of the claim, or with `*` at its end how it begins. */
  value: string;
  kind: PrincipalKind;
  /** The principal's name, or in braces the claim that has it. */
  name: string;
}

/** @param text such as `groups=platform:operator/{preferred_username}`. @throws ParbakeError USAGE */
export function readOidcRule(text: string): OidcRule {
  const [, claim = '', value = '', kind, name = ''] =
    /^([^=]+)=(.+):(client|reader|operator)\/([^/:]+)$/.exec(text) ?? [];
  const isName = isPrincipalName(name) || /^\{[^{}]+\}$/.test(name);
  // Every token would have one; and with a star alone, whoever the issuer knows.
  const isNarrow = value !== '' && value !== '*';
  if (kind === undefined || !isName || !isNarrow)
    throw new ParbakeError(
      'USAGE',
      `--oidc-map takes CLAIM=VALUE:client|reader|operator/NAME, where NAME may be {CLAIM}, not "${text}"`,
    );
  return { claim, value, kind: kind as PrincipalKind, name };
}

/**
 * The principal of a token by the first rule that fits.
 * @throws ParbakeError UNAUTHENTICATED when none does, or its name cannot be one
 */
export function principalOf(
  rules: readonly OidcRule[],
  claims: Readonly<Record<string, unknown>>,
): Principal {
  const rule = rules.find(({ claim, value }) => textsOf(claims, claim).some((text) => fits(text, value)));
  if (rule === undefined)
    throw new ParbakeError('UNAUTHENTICATED', 'no --oidc-map gives the holder of this token a principal');
  const { kind, name } = rule;
  const [, from] = /^\{(.+)\}$/.exec(name) ?? [];
  const found = from === undefined ? name : own(claims, from);
  if (typeof found !== 'string' || !isPrincipalName(found))
    throw new ParbakeError(
      'UNAUTHENTICATED',
      `the claim ${from ?? ''} of this token is not the name of a principal: 1 to 128 letters, digits, dots, hyphens and underscores`,
    );
  return { kind, name: found };
}

/** A claim has one text or several; anything else fits no rule. */
function textsOf(claims: Readonly<Record<string, unknown>>, claim: string): string[] {
  const found = own(claims, claim);
  const all: unknown[] = Array.isArray(found) ? found : [found];
  return all.filter((each) => typeof each === 'string');
}

function own(claims: Readonly<Record<string, unknown>>, claim: string): unknown {
  return Object.getOwnPropertyDescriptor(claims, claim)?.value;
}

function fits(text: string, value: string): boolean {
  return value.endsWith('*') ? text.startsWith(value.slice(0, -1)) : text === value;
}

/** Whether a token is one that an issuer signs, by its shape. */
export function isJwt(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
}
