import { expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { loaderOptions } from '../../proto/wire/options.ts';

test('types are generated with the settings that messages are loaded with', () => {
  const source = readFileSync(new URL('../../packaging/dev/generate.mjs', import.meta.url), 'utf8');
  const flags = /generatorFlags = \[(.*)\]/.exec(source)?.[1]?.match(/--[\w=]+/g);
  const settings = Object.entries(loaderOptions).map(([name, value]) => {
    if (value === true) return `--${name}`;
    return `--${name}=${value === String ? 'String' : 'Number'}`;
  });
  expect(flags?.sort()).toEqual(settings.sort());
});
