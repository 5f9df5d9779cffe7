import { expect, test } from 'vitest';
import { Rules } from '../../packaging/dev/rules.ts';

test('a rule over library code that matches nothing in any bundle is named', () => {
  const rules = new Rules();
  for (const bundle of ['agent', 'coordinator']) {
    rules.declare('/^ssh2$/ in any library');
    rules.declare('/^debug$/ in docker-modem');
    if (bundle === 'agent') rules.match('/^ssh2$/ in any library');
  }
  expect(rules.unmatched()).toEqual(['/^debug$/ in docker-modem']);
});
