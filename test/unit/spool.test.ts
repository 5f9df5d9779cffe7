import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Spool } from '../../agent/report/spool.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parbake-spool-'));
  path = join(directory, 'spool.jsonl');
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const aBatch = (name = 'x') => ({ spans: [{ spanId: name, name }], pulls: [], starts: [] });
const sequences = (spool: Spool) => spool.waiting.map(({ sequence }) => sequence);

test('what was not acknowledged is there after a restart, and the sequence goes on', () => {
  const spool = new Spool(path, 'boot-1');
  for (const name of ['a', 'b', 'c']) spool.add(aBatch(name));
  spool.acknowledge(1);
  const again = new Spool(path, 'boot-1');
  expect(sequences(again)).toEqual([2, 3]);
  expect(again.add(aBatch()).sequence).toBe(4);
});

test('a sequence is not used twice, also when everything was acknowledged', () => {
  const spool = new Spool(path, 'boot-1');
  spool.add(aBatch());
  spool.acknowledge(1);
  expect(new Spool(path, 'boot-1').add(aBatch()).sequence).toBe(2);
});

test('a line that a crash cut off is left out, and what follows is kept', () => {
  const spool = new Spool(path, 'boot-1');
  spool.add(aBatch('a'));
  spool.add(aBatch('b'));
  const text = readFileSync(path, 'utf8');
  for (let length = text.indexOf('\n') + 1; length < text.length; length += 7) {
    writeFileSync(path, text.slice(0, length));
    const cut = new Spool(path, 'boot-1');
    cut.add(aBatch('c'));
    expect(new Spool(path, 'boot-1').waiting.at(-1)?.spans).toEqual(aBatch('c').spans);
  }
});

test('another boot starts anew', () => {
  new Spool(path, 'boot-1').add(aBatch());
  appendFileSync(path, '');
  expect(sequences(new Spool(path, 'boot-2'))).toEqual([]);
});

test('a full spool gives up its oldest batches and counts them', () => {
  const spool = new Spool(path, 'boot-1', 1000);
  for (let count = 0; count < 50; count++) spool.add(aBatch('a'.repeat(20)));
  expect(spool.dropped).toBeGreaterThan(0);
  expect(spool.dropped + spool.waiting.length).toBe(50);
  expect(sequences(spool).at(-1)).toBe(50);
  expect(readFileSync(path).length).toBeLessThanOrEqual(1100);
});

test('samples make room before anything else does', () => {
  const spool = new Spool(path, 'boot-1', 2000);
  const samples = [{ container: 'x'.repeat(200), startTime: { seconds: 1, nanos: 0 } }];
  for (let count = 0; count < 8; count++) spool.add({ ...aBatch('a'), samples });
  spool.add({ ...aBatch('b'), samples });
  expect(spool.dropped).toBe(0);
  expect(spool.waiting.flatMap(({ spans }) => spans?.map(({ name }) => name))).toEqual([
    ...Array.from({ length: 8 }, () => 'a'),
    'b',
  ]);
  expect(readFileSync(path).length).toBeLessThanOrEqual(2000);
  // Batches that had nothing else are gone, and their numbers are not used again.
  const again = new Spool(path, 'boot-1', 2000);
  for (let count = 0; count < 20; count++) again.add({ spans: [], pulls: [], starts: [], samples });
  expect(again.dropped).toBe(0);
  expect(again.add(aBatch()).sequence).toBe(30);
});

test('a disk that takes nothing is told of once, costs no report, and is caught up with when it takes some again', () => {
  const problems: string[] = [];
  const spool = new Spool(path, 'boot-1', 1000, (reason) => problems.push(reason));
  spool.add(aBatch('before'));
  // Neither an appended line nor a new file gets through, whoever tries.
  rmSync(path);
  mkdirSync(path);
  for (const name of ['a', 'b', 'c']) spool.add(aBatch(name));
  spool.acknowledge(2);
  expect(sequences(spool)).toEqual([3, 4]);
  expect(problems).toEqual([expect.stringContaining('EISDIR')]);
  for (let count = 0; count < 50; count++) spool.add(aBatch('a'.repeat(20)));
  expect(spool.waiting.length).toBeLessThan(50);
  rmdirSync(path);
  spool.add(aBatch('after'));
  expect(sequences(new Spool(path, 'boot-1'))).toEqual(sequences(spool));
  spool.add(aBatch('later'));
  expect(sequences(new Spool(path, 'boot-1'))).toEqual(sequences(spool));
});

test('a disk that takes nothing does not keep an agent from starting', () => {
  writeFileSync(join(directory, 'file'), '');
  const problems: string[] = [];
  const spool = new Spool(join(directory, 'file/spool.jsonl'), 'boot-1', 1000, (reason) =>
    problems.push(reason),
  );
  expect(spool.add(aBatch()).sequence).toBe(1);
  expect(problems).toHaveLength(1);
});

test('A14: lines that are not batches are left out, and the sequence goes on', () => {
  const spool = new Spool(path, 'boot-1');
  spool.add(aBatch('a'));
  for (const line of ['5', 'null', '[]', '{"sequence":"x"}', '{"sequence":9,"spans":7}', '{"seq'])
    appendFileSync(path, `${line}\n`);
  const again = new Spool(path, 'boot-1');
  expect(sequences(again)).toEqual([1]);
  expect(again.add(aBatch('b')).sequence).toBe(2);
});

test.each(['', 'null', '{"bootId":"boot-1"}', '{"bootId":"boot-1","sequence":null}'])(
  'A14: a spool that begins with "%s" begins anew',
  (head) => {
    writeFileSync(path, `${head}\n`);
    expect(new Spool(path, 'boot-1').add(aBatch()).sequence).toBe(1);
  },
);

test('A14: a spool that cannot be read is moved aside, and the next one is written', () => {
  mkdirSync(path);
  const problems: string[] = [];
  const spool = new Spool(path, 'boot-1', undefined, (reason) => problems.push(reason));
  spool.add(aBatch());
  expect(problems).toHaveLength(1);
  expect(sequences(new Spool(path, 'boot-1'))).toEqual([1]);
});
