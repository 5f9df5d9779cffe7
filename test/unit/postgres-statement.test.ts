import { describe, expect, test } from 'vitest';
import { withoutPassword } from '../../coordinator/store/postgres/address.ts';
import { toPostgres, toPostgresValue } from '../../coordinator/store/postgres/statement.ts';
import { storeOf } from '../../coordinator/serve/store-options.ts';

describe('a statement for PostgreSQL', () => {
  test('has its own placeholders, in order or by number', () => {
    expect(toPostgres('SELECT ? , ?')).toBe('SELECT $1 , $2');
    expect(toPostgres('SELECT ?2, ?1, ?2')).toBe('SELECT $2, $1, $2');
  });

  test('has no hint for SQLite', () => {
    expect(toPostgres('SELECT 1 FROM offer INDEXED BY offer_ready WHERE role = ?')).toBe(
      'SELECT 1 FROM offer WHERE role = $1',
    );
  });

  test.each([
    ['what it can keep', 'a \\u0041 é 😀', 'a \\u0041 é 😀'],
    ['a NUL', 'a\0b', 'a\ufffdb'],
    ['half of a pair', 'a\ud800', 'a\ufffd'],
    ['an escaped NUL of JSON', JSON.stringify('a\0b'), '"a\ufffdb"'],
    ['an escaped half of a pair', JSON.stringify('\udc00'), '"\ufffd"'],
    ['a backslash before what only looks like one', JSON.stringify('\\u0000'), JSON.stringify('\\u0000')],
  ])('takes %s', (_, value, expected) => {
    expect(toPostgresValue(value)).toBe(expected);
  });
});

describe('the place of a store', () => {
  test.each([
    ['postgres://u:secret@h/db', 'postgres://u@h/db'],
    ['postgresql://u:s@cr/et@h:5432/db?sslmode=require', 'postgresql://u@h:5432/db?sslmode=require'],
    ['postgres://h/db?user=u&password=secret&x=1', 'postgres://h/db?user=u&password=***&x=1'],
    ['postgres://u@h/db', 'postgres://u@h/db'],
  ])('is shown without its password: %s', (url, shown) => {
    expect(withoutPassword(url)).toBe(shown);
  });

  test('has its key beside a file, and must be told one for PostgreSQL', () => {
    expect(storeOf('sqlite:/a/store.db', undefined).key).toBe('/a/store.db.key');
    expect(storeOf('sqlite::memory:', undefined).key).toBeUndefined();
    expect(storeOf('postgres://h/db', '/k').key).toBe('/k');
    expect(() => storeOf('postgres://h/db', undefined)).toThrow('--store-key');
    expect(() => storeOf('mysql://u:secret@h/db', undefined)).toThrow(/^a store is (?!.*secret)/);
  });
});
