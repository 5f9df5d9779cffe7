import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPlaceKey, placeKeyBytes, type PlaceKey } from '../../agent/core/order/place-key.ts';
import { awaitHeld } from '../../agent/hold/await-held.ts';
import { Holds } from '../../agent/hold/holds.ts';
import { playedDocker } from '../../agent/worker/played.ts';
import { buildGate, gateCompiler } from '../../packaging/dev/gate-build.ts';
import type { Held } from '../../proto/recipe/role.ts';
import { HeldPrograms, writersOf } from '../support/held-program.ts';
import { unlessRequired } from '../support/requirement.ts';
import { waitFor } from '../testbed/wait.ts';

const missing = unlessRequired(
  gateCompiler(process.arch === 'arm64' ? 'arm64' : 'x64') === undefined ? 'needs a C compiler' : undefined,
);

describe.skipIf(missing !== undefined)(`an order that a program reads itself ${missing ?? ''}`, () => {
  let directory: string;
  let held: HeldPrograms;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'parbake-hold-'));
    held = await HeldPrograms.in(directory);
  });
  afterAll(async () => {
    await held.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const into = (name: string): string => join(directory, name);
  const short = Buffer.from('{"user":"alice"}\n');
  const large = randomBytes(1024 ** 2);

  test.each([
    ['at once', 'cat "$PARBAKE_ORDER"', short],
    ['of 1 MiB', 'cat "$PARBAKE_ORDER"', large],
    ['in small pieces', 'dd if="$PARBAKE_ORDER" bs=3 status=none', short],
    ['from a descriptor that a child inherited', 'exec 3<"$PARBAKE_ORDER"; cat <&3 & wait', large],
  ])('is read %s', async (how, script, document) => {
    const key = await held.place();
    const file = into(`read-${how.replaceAll(' ', '-')}`);
    const program = held.start(key, ['sh', '-c', `{ ${script}; } >"$FILE"`], { FILE: file });
    await held.untilReaders(key, 'one');
    expect(await held.give(key, document)).toEqual({ kind: 'whole' });
    await waitFor('its end', () => program.ended() !== undefined);
    expect(readFileSync(file).equals(document)).toBe(true);
  });

  test('is read by a program that gave up once and tries again', async () => {
    const key = await held.place();
    const file = into('later');
    const script =
      'timeout 1 cat "$PARBAKE_ORDER"; until [ -e "$FILE.go" ]; do sleep 0.02; done; cat "$PARBAKE_ORDER" >"$FILE"';
    const program = held.start(key, ['sh', '-c', script], { FILE: file });
    await held.untilReaders(key, 'one');
    await held.untilReaders(key, 'none');
    writeFileSync(`${file}.go`, '');
    await held.untilReaders(key, 'one');
    expect(await held.give(key, short)).toEqual({ kind: 'whole' });
    await waitFor('its end', () => program.ended() !== undefined);
    expect(readFileSync(file)).toEqual(short);
  });

  test('is given once: whoever opens it again finds none', async () => {
    const key = await held.place();
    const file = into('again');
    const script = 'cat "$PARBAKE_ORDER" >/dev/null; cat "$PARBAKE_ORDER" 2>"$FILE"; echo $? >>"$FILE"';
    const program = held.start(key, ['sh', '-c', script], { FILE: file });
    await held.untilReaders(key, 'one');
    held.places.noteHeld(key);
    expect(held.places.look(key)).toBe('waiting');
    expect(await held.give(key, short)).toEqual({ kind: 'whole' });
    expect(held.places.look(key)).toBe('passed');
    await waitFor('its end', () => program.ended() !== undefined);
    expect(readFileSync(file, 'utf8')).toMatch(/No such file or directory\n1\n$/);
    expect(await held.give(key, short)).toMatchObject({ kind: 'lost', error: { code: 'HOLD_UNAVAILABLE' } });
  });

  test('is not given when nobody reads it, and can be given later', async () => {
    const key = await held.place();
    expect(await held.give(key, short)).toMatchObject({
      kind: 'nothing',
      error: { code: 'HOLD_UNAVAILABLE' },
    });
    held.start(key, ['cat', held.orderOf(key)]);
    await held.untilReaders(key, 'one');
    expect(await held.give(key, short)).toEqual({ kind: 'whole' });
  });

  test('is not given to two processes, not even once one of them has gone', async () => {
    const key = await held.place();
    const first = held.start(key, ['cat', held.orderOf(key)]);
    await held.untilReaders(key, 'one');
    held.start(key, ['cat', held.orderOf(key)]);
    await held.untilReaders(key, 'several');
    await first.stop('SIGKILL');
    expect(await held.give(key, short)).toMatchObject({
      kind: 'nothing',
      error: { code: 'ORDER_OPENED_TWICE' },
    });
  });

  test.each([
    ['a short one', 'head -c 5', short],
    ['a long one', 'head -c 70000', large],
  ])('half of it, of %s, is told as such', async (_what, script, document) => {
    const key = await held.place();
    held.start(key, ['sh', '-c', `${script} "$PARBAKE_ORDER" >/dev/null`]);
    await held.untilReaders(key, 'one');
    expect(await held.give(key, document)).toMatchObject({
      kind: 'lost',
      error: { code: 'ORDER_NOT_READ' },
    });
  });

  test('outlives whoever made its place, and ends with it', async () => {
    const script = `
      const { HoldPlaces } = await import(${JSON.stringify(join(import.meta.dirname, '../../agent/hold/places.ts'))});
      const [directory, gate] = process.argv.slice(1);
      process.stdout.write(await new HoldPlaces(directory, gate).make(), () => process.kill(process.pid, 'SIGKILL'));`;
    const args = ['--input-type=module', '-e', script, into('hold'), await buildGate()];
    const made = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(made.signal).toBe('SIGKILL');
    const key = held.adopt(made.stdout);
    held.start(key, ['cat', held.orderOf(key)]);
    await held.untilReaders(key, 'one');
    expect(await held.give(key, short)).toEqual({ kind: 'whole' });
    const other = await held.place();
    expect(await writersOf(other)).toHaveLength(1);
    await held.places.remove(other);
    await waitFor('its writer to end', async () => (await writersOf(other)).length === 0);
  });

  describe('before it', () => {
    const engine = playedDocker(newPlaceKey(Buffer.alloc(placeKeyBytes)));
    const { signal } = new AbortController();
    const until = (key: PlaceKey, check: Held) =>
      awaitHeld(
        { id: 'x', container: { name: 'app', held: check }, address: '127.0.0.1' },
        key,
        held.places,
        engine,
        signal,
      );

    test('a program is waited for until it reads', async () => {
      const key = await held.place();
      const waiting = until(key, { kind: 'log', pattern: 'ready', timeoutMs: 10_000 });
      held.start(key, ['cat', held.orderOf(key)]);
      expect(await waiting).toBe(true);
      expect(held.places.look(key)).toBe('waiting');
    });

    test('one that never opens it is named', async () => {
      const key = await held.place();
      await expect(until(key, { kind: 'reads', timeoutMs: 50 })).rejects.toMatchObject({
        code: 'ORDER_NEVER_OPENED',
        message: 'container app did not open its order within 0.05 s',
      });
      expect(held.places.look(key)).toBe('coming_up');
    });

    test('one that opens it before its check passes is named, and so are two', async () => {
      const closed = { kind: 'tcp', port: 1, timeoutMs: 60_000 } as const;
      const [early, twice] = [await held.place(), await held.place()];
      held.start(early, ['cat', held.orderOf(early)]);
      for (let count = 0; count < 2; count++) held.start(twice, ['cat', held.orderOf(twice)]);
      await Promise.all([
        expect(until(early, closed)).rejects.toMatchObject({ code: 'ORDER_OPENED_EARLY' }),
        expect(until(twice, closed)).rejects.toMatchObject({ code: 'ORDER_OPENED_TWICE' }),
      ]);
    });
  });

  test('can be given to nobody when its writer was killed', async () => {
    const key = await held.place();
    held.start(key, ['cat', held.orderOf(key)]);
    await held.untilReaders(key, 'one');
    held.places.noteHeld(key);
    expect(held.places.look(key)).toBe('waiting');
    for (const pid of await writersOf(key)) process.kill(pid, 'SIGKILL');
    await waitFor('its place to be spent', () => held.places.look(key) === 'spent');
  });

  test('an agent tries it beforehand, and leaves nothing behind', async () => {
    const own = into('warm-up');
    await new Holds(own, await buildGate()).warmUp(new AbortController().signal);
    expect(readdirSync(own)).toEqual([]);
  });

  test('nothing of it is on the disk', async () => {
    const key = await held.place();
    held.start(key, ['cat', held.orderOf(key)]);
    await held.untilReaders(key, 'one');
    const secret = randomBytes(16).toString('hex');
    expect(await held.give(key, Buffer.from(secret))).toEqual({ kind: 'whole' });
    expect(existsSync(held.orderOf(key))).toBe(false);
    const found = spawnSync('grep', ['-rls', secret, into('hold')], { encoding: 'utf8' });
    expect(found.stdout).toBe('');
    expect(execFileSync('ls', [held.places.shown(key)], { encoding: 'utf8' })).toBe('');
  });
});
