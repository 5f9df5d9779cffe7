import { expect, test } from 'vitest';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { refuseOthers } from '../../agent/docker/engine-kind.ts';
import { withDeadline } from '../../agent/docker/deadlines.ts';
import { dockerError, isConflict, isNotFound, isNotModified } from '../../agent/docker/errors.ts';

function system(code: string): Error {
  return Object.assign(new Error(`connect ${code} /run/docker.sock`), { code });
}

function answered(statusCode: number, text: string): Error {
  return Object.assign(new Error(`(HTTP code ${statusCode}) unexpected - ${text} `), { statusCode });
}

test.each([
  [system('ECONNREFUSED'), 'DOCKER_UNAVAILABLE'],
  [system('ENOENT'), 'DOCKER_UNAVAILABLE'],
  [system('EACCES'), 'DOCKER_UNAVAILABLE'],
  [answered(500, 'write /x: no space left on device'), 'DISK_FULL'],
  [answered(404, 'No such image: a:1'), 'IMAGE_NOT_FOUND'],
  [
    answered(
      400,
      'OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "/x"',
    ),
    'EXEC_FAILED',
  ],
  [answered(400, 'unable to find user worker: no matching entries in passwd file'), 'ENTRYPOINT_INVALID'],
  [answered(500, 'something else'), 'DOCKER_FAILED'],
])('%s is %s', (cause, code) => {
  expect(dockerError(cause, 'do it')).toMatchObject({ code });
});

test("the message is the Engine's, without the library's prefix", () => {
  expect(dockerError(answered(500, 'a - b'), 'create it').message).toBe('cannot create it: a - b');
});

test('statuses are found also below our own error', () => {
  const wrapped = (status: number): Error => dockerError(answered(status, 'text'), 'do it');
  expect([isNotFound(wrapped(404)), isConflict(wrapped(409)), isNotModified(wrapped(304))]).toEqual([
    true,
    true,
    true,
  ]);
  expect(isNotFound(wrapped(500))).toBe(false);
});

test('our own errors and aborts pass unchanged', () => {
  const own = new ParbakeError('DISK_FULL', 'full');
  const abort = new DOMException('stop', 'AbortError');
  expect(dockerError(own, 'do it')).toBe(own);
  expect(dockerError(abort, 'do it')).toBe(abort);
});

test('a call that never answers ends at its deadline, and is told to stop', async () => {
  let stop: AbortSignal | undefined;
  const call = withDeadline('wait', 1, new AbortController().signal, (signal) => {
    stop = signal;
    return new Promise<never>(() => undefined);
  });
  await expect(call).rejects.toMatchObject({ code: 'DOCKER_UNAVAILABLE' });
  expect(stop?.aborted).toBe(true);
});

test('an abort ends a call that never answers', async () => {
  const controller = new AbortController();
  const call = withDeadline('wait', 60_000, controller.signal, () => new Promise<never>(() => undefined));
  controller.abort();
  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
});

test('a call in time gives its value, and its failure is mapped', async () => {
  const { signal } = new AbortController();
  expect(await withDeadline('ask', 60_000, signal, () => Promise.resolve(7))).toBe(7);
  await expect(
    withDeadline('ask', 60_000, signal, () => Promise.reject(system('ENOENT'))),
  ).rejects.toMatchObject({
    code: 'DOCKER_UNAVAILABLE',
  });
});

test('B9: Podman is refused by name', () => {
  const Components = [{ Name: 'Podman Engine' }, { Name: 'Conmon' }];
  expect(() => refuseOthers({ Version: '4.3.1', Components })).toThrow("the socket is Podman's (4.3.1)");
  expect(() => refuseOthers({ Version: '26.1.5', Components: [{ Name: 'Engine' }] })).not.toThrow();
  expect(() => refuseOthers({ Version: '20.10.24', Components: null })).not.toThrow();
});
