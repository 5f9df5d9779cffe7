import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type DockerClient } from '../../agent/docker/client.ts';
import { faultOf } from '../../agent/core/order/fault.ts';
import { dockerError } from '../../agent/docker/errors.ts';
import { toParbakeError } from '../../proto/errors/errors.ts';
import { candidatesOf, checkProgram } from '../../agent/docker/program-check.ts';
import type { Engine } from '../testbed/engine.ts';
import { buildImage } from '../testbed/images.ts';
import { createTestbed, type Testbed } from '../testbed/testbed.ts';
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
      const program = (file: string, content: string | Buffer): void =>
        writeFileSync(join(directory, file), content, { mode: 0o755 });
      program('tool', 'only the kernel knows\n');
      program('script', '#! /opt/tool -x\n');
      program('of-script', '#!/opt/script\n');
      program('lost-script', '#!/bin/sh\n');
      program('windows-script', '#!/opt/tool\r\n');
      program('nothing', '');
      program('foreign', elfFor(process.arch === 'arm64' ? 62 : 183));
      // More than anybody sends ahead: what was not asked for must not be waited for.
      program('native', Buffer.alloc(4 * 1024 ** 2, elfFor(process.arch === 'arm64' ? 183 : 62)));
      writeFileSync(join(directory, 'passwd'), 'root:x:0:0:root:/:/x\nworker:x:7:7::/:/x\n');
      writeFileSync(join(directory, 'group'), 'root:x:0:\nworkers:x:7:\n');
      writeFileSync(join(directory, 'text'), 'text\n', { mode: 0o644 });
      writeFileSync(join(directory, 'Dockerfile'), `${['FROM scratch', ...lines].join('\n')}\n`);
      await buildImage(engine, directory, ref);
    }

    test.each([
      ['absolute', ['COPY tool /opt/tool', 'CMD ["/opt/tool", "x"]']],
      ['in-path', ['COPY tool /bin/tool', 'ENTRYPOINT ["tool"]']],
      ['own-path', ['COPY tool /opt/tool', 'ENV PATH=/nothing:/opt', 'CMD ["tool"]']],
      ['relative', ['COPY tool /srv/bin/tool', 'WORKDIR /srv', 'CMD ["bin/tool"]']],
      ['script', ['COPY tool script /opt/', 'CMD ["/opt/script"]']],
      ['of-script', ['COPY tool script of-script /opt/', 'CMD ["/opt/of-script"]']],
      ['native', ['COPY native /opt/', 'CMD ["/opt/native"]']],
      ['a-number', ['COPY tool /opt/', 'USER 1234:5', 'CMD ["/opt/tool"]']],
      ['a-name', ['COPY tool /opt/', 'COPY passwd group /etc/', 'USER worker:workers', 'CMD ["/opt/tool"]']],
    ])('%s: it can be executed', async (ref, lines) => {
      await build(`good/${ref}:1`, lines);
      await checkProgram(client, { image: `good/${ref}:1` }, signal);
      expect(await engine.docker.listContainers({ all: true })).toEqual([]);
    });

    test.each([
      ['absent', ['COPY text /', 'CMD ["/opt/tool"]'], '/opt/tool is not there'],
      ['not-in-path', ['COPY tool /opt/tool', 'CMD ["tool"]'], 'it is in none of /usr/local/sbin:'],
      ['a-directory', ['COPY text /opt/tool/text', 'CMD ["/opt/tool"]'], '/opt/tool is a directory'],
      ['no-permission', ['COPY text /bin/tool', 'CMD ["tool"]'], '/bin/tool has no execute permission'],
      ['no-command', ['COPY text /'], 'neither an entrypoint nor a command'],
      ['empty', ['COPY nothing /opt/', 'CMD ["/opt/nothing"]'], '/opt/nothing is empty'],
      [
        'no-interpreter',
        ['COPY lost-script /opt/', 'CMD ["/opt/lost-script"]'],
        '/opt/lost-script is a script for /bin/sh, which is not there',
      ],
      [
        'windows-lines',
        ['COPY tool windows-script /opt/', 'CMD ["/opt/windows-script"]'],
        'a carriage return: it has the line ends of Windows',
      ],
      ['foreign', ['COPY foreign /opt/', 'CMD ["/opt/foreign"]'], '/opt/foreign is a program for'],
      [
        'no-users',
        ['COPY tool /opt/', 'USER worker', 'CMD ["/opt/tool"]'],
        'its user "worker" is not in its /etc/passwd',
      ],
      [
        'no-such-group',
        ['COPY tool /opt/', 'COPY passwd group /etc/', 'USER worker:other', 'CMD ["/opt/tool"]'],
        'its group "other" is not in its /etc/group',
      ],
    ])('%s: it is said why not', async (ref, lines, reason) => {
      await build(`bad/${ref}:1`, lines);
      const refused = checkProgram(client, { image: `bad/${ref}:1` }, signal);
      await expect(refused).rejects.toMatchObject({ code: 'ENTRYPOINT_INVALID' });
      await expect(refused).rejects.toThrow(reason);
      expect(await engine.docker.listContainers({ all: true })).toEqual([]);
    });

    test.each([
      ['absent', ['COPY text /', 'CMD ["/opt/tool"]'], 'EXEC_FAILED'],
      ['not-in-path', ['COPY text /', 'CMD ["tool"]'], 'EXEC_FAILED'],
      ['a-directory', ['COPY text /opt/tool/text', 'CMD ["/opt/tool"]'], 'EXEC_FAILED'],
      ['no-permission', ['COPY text /opt/', 'CMD ["/opt/text"]'], 'EXEC_FAILED'],
      ['no-users', ['COPY tool /opt/', 'USER worker', 'CMD ["/opt/tool"]'], 'ENTRYPOINT_INVALID'],
    ])("%s: the Engine's refusal is the recipe's fault", async (ref, lines, code) => {
      await build(`started/${ref}:1`, lines);
      const container = await client.createContainer({ Image: `started/${ref}:1` });
      const refusal = await container.start().then(
        () => undefined,
        (cause: unknown) => toParbakeError(dockerError(cause, 'start container "app"')),
      );
      await container.remove();
      expect(refusal).toMatchObject({ code });
      expect(faultOf(refusal?.code ?? 'INTERNAL', undefined)).toBe('RECIPE');
    });

    test("a recipe's own command is looked for in place of the image's", async () => {
      const image = 'own/tool:1';
      await build(image, ['COPY tool /srv/bin/tool', 'CMD ["/opt/gone"]']);
      const check = (own: object) => checkProgram(client, { image, ...own }, signal);
      await expect(check({})).rejects.toMatchObject({ code: 'ENTRYPOINT_INVALID' });
      await check({ command: ['/srv/bin/tool'] });
      await check({ entrypoint: ['bin/tool'], workingDir: '/srv' });
      await check({ command: ['tool'], env: { PATH: '/srv/bin' } });
      await expect(check({ command: ['/srv/bin/tol'] })).rejects.toThrow('/srv/bin/tol');
    });

    test('an image that is not there is said to be so', async () => {
      await expect(checkProgram(client, { image: 'no/image:1' }, signal)).rejects.toMatchObject({
        code: 'IMAGE_NOT_FOUND',
      });
    });
  });

/** The beginning of a program for a machine, by its number in ELF files. */
function elfFor(machine: number): Buffer {
  const head = Buffer.alloc(1024);
  head.write('\x7fELF\x02\x01\x01', 'latin1');
  head.writeUInt16LE(machine, 18);
  return head;
}

test('a program is looked up as Docker does it', () => {
  expect(candidatesOf('/a/b', '/bin', '/w')).toEqual(['/a/b']);
  expect(candidatesOf('./b', '/bin', '/w')).toEqual(['/w/./b']);
  expect(candidatesOf('b/c', '/bin', '')).toEqual(['/b/c']);
  expect(candidatesOf('b', '/x:/y/::z', '/w')).toEqual(['/x/b', '/y/b', '/z/b']);
});
