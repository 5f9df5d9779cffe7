import { describe, expect, test } from 'vitest';
import type { ContainerSpec } from '../../proto/recipe/role.ts';
import { createOptions, type ContainerRequest, type ImageConfig } from '../../agent/docker/container-spec.ts';

const container: ContainerSpec = {
  name: 'app',
  image: 'acme/app:1',
  prepare: 'gate',
  ports: [8080, 9090],
  ready: { kind: 'started' },
  userEnv: [],
};
const image: ImageConfig = { entrypoint: ['/entry'], cmd: ['serve', '--fast'], healthcheck: [], shell: [] };
const gate = { key: 'abc', binds: ['/a:/b:ro'], program: '/gate', socket: '/io/s' };
const request: ContainerRequest = { container, role: 'web', level: 'gate', env: {}, gate };

describe('what Docker is asked to create', () => {
  test('with a gate, the image’s entrypoint and command are its argument, and nothing of a user is there', () => {
    const options = createOptions(request, image);
    expect(options.Entrypoint).toEqual(['/gate', '/io/s', '--']);
    expect(options.Cmd).toEqual(['/entry', 'serve', '--fast']);
    expect(options.Env).toEqual([]);
    expect(options.HostConfig?.Binds).toEqual(['/a:/b:ro']);
    expect(options.Labels).toEqual({
      'dev.parbake.container': 'app',
      'dev.parbake.role': 'web',
      'dev.parbake.prepared': 'gate',
      'dev.parbake.gate': 'abc',
    });
  });

  test('without one, the image starts as it says itself', () => {
    const options = createOptions(
      { container, role: 'web', level: 'none', assignmentId: 'as-1', env: { BRANCH: 'main' } },
      image,
    );
    expect(options).not.toHaveProperty('Entrypoint');
    expect(options).not.toHaveProperty('Cmd');
    expect(options.Env).toEqual(['BRANCH=main']);
    expect(options.Labels).toMatchObject({ 'dev.parbake.assignment': 'as-1' });
    expect(options.HostConfig).not.toHaveProperty('Binds');
  });

  test('Docker is told how long an end may take', () => {
    expect(createOptions(request, image).StopTimeout).toBe(10);
    const patient = { ...request, container: { ...container, stopTimeoutSeconds: 0 } };
    expect(createOptions(patient, image).StopTimeout).toBe(0);
  });

  test('a first process of Docker’s own and a root that is read-only are asked for when the recipe does', () => {
    const { HostConfig } = createOptions(
      { ...request, container: { ...container, init: true, readOnly: true } },
      image,
    );
    expect(HostConfig).toMatchObject({ Init: true, ReadonlyRootfs: true });
  });

  test('more rights than Docker’s own are never asked for', () => {
    const { HostConfig } = createOptions(request, image);
    expect(Object.keys(HostConfig ?? {}).sort()).toEqual([
      'Binds',
      'PortBindings',
      'RestartPolicy',
      'SecurityOpt',
    ]);
    expect(HostConfig?.SecurityOpt).toEqual(['no-new-privileges']);
    expect(HostConfig?.PortBindings).toEqual({
      '8080/tcp': [{ HostPort: '8080' }],
      '9090/tcp': [{ HostPort: '9090' }],
    });
  });

  const waits = ['CMD', '/gate', '--health', '/io/s', '--'];
  test.each([
    ['a program', { healthcheck: ['CMD', '/check', '-x'] }, [...waits, '/check', '-x']],
    ['a shell line', { healthcheck: ['CMD-SHELL', 'curl x'] }, [...waits, '/bin/sh', '-c', 'curl x']],
    [
      'a line for another shell',
      { healthcheck: ['CMD-SHELL', 'x'], shell: ['/bin/bash', '-ec'] },
      [...waits, '/bin/bash', '-ec', 'x'],
    ],
  ])('a health check that is %s does not fail while the gate waits', (_what, more, expected) => {
    expect(createOptions(request, { ...image, ...more }).Healthcheck).toEqual({ Test: expected });
  });

  test.each([[[]], [['NONE']]])('a health check %j is left as it is', (healthcheck) => {
    expect(createOptions(request, { ...image, healthcheck })).not.toHaveProperty('Healthcheck');
  });
});
