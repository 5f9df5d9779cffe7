import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '../../agent/docker/client.ts';
import { readSavedImage, readUnpackedFiles, type EngineReading } from '../../agent/docker/saved-image.ts';
import { archiveOf } from '../support/tar-archive.ts';

/** The first half of an image's only layer. */
const layer = archiveOf({ path: 'a', content: 'a'.repeat(5000) });
const begun = archiveOf({ path: 'layer.tar', content: layer.toString('latin1') }).subarray(0, 3000);

/** What an Engine that stops working has answered until then; a real one cannot be stopped at a certain byte. */
interface Answers {
  ping?: boolean;
  create?: boolean;
  /** Begins the archive, and sends nothing after that. */
  begin?: boolean;
}

describe('B10: an Engine that stops answering', () => {
  let directory: string;
  let server: Server | undefined;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'parbake-silent-'))));
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** @returns a reading of it, and what tells when the archive was asked for */
  async function silent(answers: Answers, signal = new AbortController().signal) {
    const socketPath = join(directory, 'docker.sock');
    let onAsked: () => void = () => {};
    const asked = new Promise<void>((resolve) => (onAsked = resolve));
    server = createServer((request, response) => {
      const { url = '' } = request;
      if (answers.ping === true && url.includes('/_ping')) response.end('OK');
      if (answers.create === true && url.includes('/containers/create')) {
        response.statusCode = 201;
        response.end('{"Id":"made"}');
      }
      if (request.method === 'DELETE') response.writeHead(204).end();
      if (!/\/(?:get|export)$/.test(url)) return;
      if (answers.begin === true) response.write(begun);
      onAsked();
    });
    server.listen(socketPath);
    await once(server, 'listening');
    const reading: EngineReading = { client: connect(socketPath), silenceMs: 500, signal };
    return { reading, asked };
  }

  test('B10: before the first byte of an image is unavailable', async () => {
    const { reading } = await silent({});
    await expect(readSavedImage(reading, 'app', true)).rejects.toMatchObject({
      code: 'DOCKER_UNAVAILABLE',
      message: expect.stringContaining('Docker did not answer within 0.5 s'),
    });
  });

  test('B10: in the middle of an image is unavailable', async () => {
    const { reading } = await silent({ ping: true, begin: true });
    await expect(readSavedImage(reading, 'app', true)).rejects.toMatchObject({
      code: 'DOCKER_UNAVAILABLE',
      message: expect.stringContaining('Docker sent nothing for 0.5 s'),
    });
  });

  test('B10: in the middle of the files of an image is unavailable', async () => {
    const { reading } = await silent({ ping: true, create: true, begin: true });
    await expect(readUnpackedFiles(reading, 'app')).rejects.toMatchObject({ code: 'DOCKER_UNAVAILABLE' });
  });

  test.each([
    ['before the first byte', { ping: true }],
    ['in the middle', { ping: true, begin: true }],
  ])('B10: an interruption %s counts at once', async (_, answers) => {
    const controller = new AbortController();
    const { reading, asked } = await silent(answers, controller.signal);
    const read = readSavedImage({ ...reading, silenceMs: 600_000 }, 'app', true);
    void asked.then(() => controller.abort());
    await expect(read).rejects.toHaveProperty('name', 'AbortError');
  });
});
