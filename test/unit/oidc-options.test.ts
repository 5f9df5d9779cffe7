import { describe, expect, test } from 'vitest';
import { readOidc } from '../../coordinator/serve/oidc-options.ts';
import { serveDeclaration } from '../../coordinator/serve/serve-declaration.ts';
import { principalOf, readOidcRule } from '../../coordinator/trust/oidc-map.ts';
import { readArguments } from '../../proto/process/cli/arguments.ts';

describe('the options of an issuer', () => {
  const read = async (...args: string[]) => {
    const { values } = await readArguments(serveDeclaration, args, { PARBAKE_CONFIG: '/dev/null' });
    return await readOidc(values);
  };
  const whole = (issuer: string, rule: string): string[] => [
    ...['--oidc-issuer', issuer, '--oidc-audience', 'parbake', '--oidc-map', rule],
  ];

  test('are none without one', async () => {
    expect(await read()).toBeUndefined();
    expect(await read(...whole('https://id.example', 'a=b:reader/c'))).toBeDefined();
  });

  test.each([
    [['--oidc-audience', 'x'], 'are for --oidc-issuer'],
    [['--oidc-issuer', 'https://id.example'], 'needs --oidc-audience and --oidc-map'],
    [whole('http://id.example', 'a=b:reader/c'), 'https URL'],
    [whole('https://id.example', 'a=b:agent/i-1'), 'takes CLAIM'],
    [whole('https://id.example', 'a=*:operator/c'), 'takes CLAIM'],
    [whole('https://id.example', 'a=b:operator/x y'), 'takes CLAIM'],
  ])('are refused: %j', async (args, reason) => {
    await expect(read(...args)).rejects.toThrow(reason);
  });
});

test.each([
  [{ groups: ['a', 'platform'], name: 'alice' }, 'operator/alice'],
  [{ groups: 'platform', name: 'bob' }, 'operator/bob'],
  [{ groups: ['readers'] }, 'reader/all'],
  // The first rule that fits decides, also when it refuses.
  [{ groups: ['platform', 'readers'] }, 'refused'],
  [{ groups: { platform: true }, name: 'x' }, 'refused'],
  [{ groups: 'Platform', name: 'x' }, 'refused'],
  [{ groups: ['platform'], name: ['alice'] }, 'refused'],
  [{}, 'refused'],
])('claims %j are %s', (claims, expected) => {
  const rules = ['groups=platform:operator/{name}', 'groups=readers:reader/all'].map(readOidcRule);
  const found = (): string => {
    try {
      const { kind, name } = principalOf(rules, claims);
      return `${kind}/${name}`;
    } catch {
      return 'refused';
    }
  };
  expect(found()).toBe(expected);
});
