import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type DockerClient } from '../../agent/docker/client.ts';
import { candidatesOf, checkProgram } from '../../agent/docker/program-check.ts';
import type { Engine } from '../../packaging/dev/testbed/engine.ts';
import { buildImage } from '../../packaging/dev/testbed/images.ts';
import { createTestbed, type Testbed } from '../../packaging/dev/testbed/testbed.ts';
import { dockerEras } from '../support/docker-eras.ts';

for (const { name, why, engine: options } of dockerEras)
  describe.skipIf(why !== undefined)(`an image's own command, ${name} ${why ?? ''}`, () => {
    let testbed: Testbed;
    let engine: Engine;
    let client: DockerClient;
    const { signal } = new AbortController();

    beforeAll(async () => {
      testbed = await createTestbed();
      engine = await testbed.startEngine(options);
      client = connect(engine.socket);
    });

    afterAll(async () => {
      await testbed?.close();
    });

    async function build(ref: string, lines: readonly string[]): Promise<void> {
      const directory = testbed.makeDirectory(ref.replace(/\W/g, '-'));
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, 'tool'), '#!/none\n', { mode: 0o755 });
      writeFileSync(join(directory, 'text'), 'text\n', { mode: 0o644 });
      writeFileSync(join(directory, 'Dockerfile'), `${['FROM scratch', ...lines].join('\n')}\n`);
      await buildImage(engine, directory, ref);
    }

    test.each([
      ['absolute', ['COPY tool /opt/tool', 'CMD ["/opt/tool", "x"]']],
      ['in-path', ['COPY tool /bin/tool', 'ENTRYPOINT ["tool"]']],
      ['own-path', ['COPY tool /opt/tool', 'ENV PATH=/nothing:/opt', 'CMD ["tool"]']],
      ['relative', ['COPY tool /srv/bin/tool', 'WORKDIR /srv', 'CMD ["bin/tool"]']],
    ])('%s: it can be executed', async (ref, lines) => {
      await build(`good/${ref}:1`, lines);
      await checkProgram(client, `good/${ref}:1`, signal);
      expect(await engine.docker.listContainers({ all: true })).toEqual([]);
    });

    test.each([
      ['absent', ['COPY text /', 'CMD ["/opt/tool"]'], '/opt/tool is not there'],
      ['not-in-path', ['COPY tool /opt/tool', 'CMD ["tool"]'], 'it is in none of /usr/local/sbin:'],
      ['a-directory', ['COPY text /opt/tool/text', 'CMD ["/opt/tool"]'], '/opt/tool is a directory'],
      ['no-permission', ['COPY text /bin/tool', 'CMD ["tool"]'], '/bin/tool has no execute permission'],
      ['no-command', ['COPY text /'], 'neither an entrypoint nor a command'],
    ])('%s: it is said why not', async (ref, lines, reason) => {
      await build(`bad/${ref}:1`, lines);
      const refused = checkProgram(client, `bad/${ref}:1`, signal);
      await expect(refused).rejects.toMatchObject({ code: 'ENTRYPOINT_INVALID' });
      await expect(refused).rejects.toThrow(reason);
      expect(await engine.docker.listContainers({ all: true })).toEqual([]);
    });

    test('an image that is not there is said to be so', async () => {
      await expect(checkProgram(client, 'no/image:1', signal)).rejects.toMatchObject({
        code: 'IMAGE_NOT_FOUND',
      });
    });
  });

test('a program is looked up as Docker does it', () => {
  expect(candidatesOf('/a/b', '/bin', '/w')).toEqual(['/a/b']);
  expect(candidatesOf('./b', '/bin', '/w')).toEqual(['/w/./b']);
  expect(candidatesOf('b/c', '/bin', '')).toEqual(['/b/c']);
  expect(candidatesOf('b', '/x:/y/::z', '/w')).toEqual(['/x/b', '/y/b', '/z/b']);
});
