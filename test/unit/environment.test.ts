import { expect, test } from 'vitest';
import { parseOptions } from '../../proto/process/arguments.ts';
import { withEnvironment } from '../../proto/process/environment.ts';

const options = {
  store: { type: 'string', default: 'sqlite:parbake.db' },
  'tls-listen': { type: 'string', multiple: true, default: [] as string[] },
  'tls-ca': { type: 'string' },
  dev: { type: 'boolean', default: false },
} as const;
const read = (args: string[], env: Record<string, string>) => ({
  ...parseOptions('serve', args, withEnvironment(options, env)).values,
});

test.each<[string, string[], Record<string, string>, object]>([
  ['the default holds where nothing is said', [], {}, { store: 'sqlite:parbake.db', dev: false }],
  [
    'a variable takes the place of the default',
    [],
    { PARBAKE_STORE: 'sqlite:a.db' },
    { store: 'sqlite:a.db' },
  ],
  ['an option wins', ['--store', 'sqlite:b.db'], { PARBAKE_STORE: 'sqlite:a.db' }, { store: 'sqlite:b.db' }],
  ['dashes become underscores', [], { PARBAKE_TLS_CA: 'ca.pem' }, { 'tls-ca': 'ca.pem' }],
  [
    'one variable holds several values',
    [],
    { PARBAKE_TLS_LISTEN: ' a:1  b:2 ' },
    { 'tls-listen': ['a:1', 'b:2'] },
  ],
  ['a flag is on by word', [], { PARBAKE_DEV: 'on' }, { dev: true }],
  ['a flag is off by any other word', [], { PARBAKE_DEV: '0' }, { dev: false }],
  ['an empty variable says nothing', [], { PARBAKE_STORE: '' }, { store: 'sqlite:parbake.db' }],
])('%s', (_, args, env, expected) => {
  expect(read(args, env)).toMatchObject(expected);
});
