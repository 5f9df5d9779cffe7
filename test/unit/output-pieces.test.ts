import { array, asyncProperty, assert, constantFrom, integer, record, string } from 'fast-check';
import { expect, test } from 'vitest';
import { outputPieces, type OutputPiece } from '../../agent/docker/output-pieces.ts';

function frame(stream: 'STDOUT' | 'STDERR', data: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream === 'STDERR' ? 2 : 1, 0);
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
}

async function piecesOf(...chunks: Buffer[]): Promise<OutputPiece[]> {
  const source = (async function* () {
    yield* chunks;
  })();
  const pieces: OutputPiece[] = [];
  for await (const piece of outputPieces(source)) pieces.push(piece);
  return pieces;
}

const textOf = (pieces: readonly OutputPiece[], wanted: OutputPiece['stream']): string =>
  Buffer.concat(pieces.flatMap(({ stream, data }) => (stream === wanted ? [data] : []))).toString();

test('short frames that came together stay together, each stream by itself', async () => {
  const chunk = Buffer.concat([
    frame('STDOUT', Buffer.from('a\n')),
    frame('STDOUT', Buffer.from('b\n')),
    frame('STDERR', Buffer.from('c\n')),
    frame('STDOUT', Buffer.from('d\n')),
  ]);
  const pieces = await piecesOf(chunk);
  expect(pieces.map(({ stream, data }) => [stream, data.toString()])).toEqual([
    ['STDOUT', 'a\nb\n'],
    ['STDERR', 'c\n'],
    ['STDOUT', 'd\n'],
  ]);
});

test('a long frame comes in pieces of 32 KiB at most, before it is whole', async () => {
  const whole = frame('STDOUT', Buffer.alloc(100_000, 'x'));
  const pieces = await piecesOf(whole.subarray(0, 50_000));
  expect(pieces.map(({ data }) => data.length)).toEqual([32_768, 17_224]);
});

test('the same bytes come out, however they are cut', async () => {
  const frames = array(record({ stream: constantFrom('STDOUT', 'STDERR'), text: string() }));
  await assert(
    asyncProperty(frames, array(integer({ min: 1, max: 20 })), async (written, sizes) => {
      const whole = Buffer.concat(written.map(({ stream, text }) => frame(stream, Buffer.from(text))));
      const chunks: Buffer[] = [];
      for (let at = 0, turn = 0; at < whole.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 7;
        chunks.push(whole.subarray(at, at + size));
        at += size;
      }
      const pieces = await piecesOf(...chunks);
      for (const stream of ['STDOUT', 'STDERR'] as const)
        expect(textOf(pieces, stream)).toBe(
          written.flatMap((each) => (each.stream === stream ? [each.text] : [])).join(''),
        );
    }),
  );
});
