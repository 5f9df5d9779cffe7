import { totalmem } from 'node:os';
import { describe, expect, test } from 'vitest';
import type { ContainerSpec } from '../../proto/recipe/role.ts';
import { newPlaceKey, placeKeyBytes } from '../../agent/core/order/place-key.ts';
import { passingKey } from '../../agent/host/secret-key.ts';
import { OwnLabels } from '../../agent/docker/own-labels.ts';
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
const ownLabels = new OwnLabels(passingKey());
const key = newPlaceKey(Buffer.alloc(placeKeyBytes));
const gate = { key, binds: ['/a:/b:ro'], program: '/gate', socket: '/io/s' };
const request: ContainerRequest = { container, role: 'web', level: 'gate', env: {}, gate };

describe('what Docker is asked to create', () => {
  test('with a gate, the image’s entrypoint and command are its argument, and nothing of a user is there', () => {
    const options = createOptions(request, image, 'json-file', ownLabels);
    expect(options.Entrypoint).toEqual(['/gate', '/io/s', '--']);
    expect(options.Cmd).toEqual(['/entry', 'serve', '--fast']);
    expect(options.Env).toEqual([]);
    expect(options.HostConfig?.Binds).toEqual(['/a:/b:ro']);
  });

  test('without one, the image starts as it says itself', () => {
    const options = createOptions(
      { container, role: 'web', level: 'none', assignmentId: 'as-1', env: { BRANCH: 'main' } },
      image,
      'json-file',
      ownLabels,
    );
    expect(options).not.toHaveProperty('Entrypoint');
    expect(options).not.toHaveProperty('Cmd');
    expect(options.Env).toEqual(['BRANCH=main']);
    expect(options.Labels).toMatchObject({ 'dev.parbake.assignment': 'as-1' });
    expect(options.HostConfig).not.toHaveProperty('Binds');
  });

  test('Docker is told how long an end may take', () => {
    expect(createOptions(request, image, 'json-file', ownLabels).StopTimeout).toBe(10);
    const patient = { ...request, container: { ...container, stopTimeoutSeconds: 0 } };
    expect(createOptions(patient, image, 'json-file', ownLabels).StopTimeout).toBe(0);
  });

  test('a first process of Docker’s own and a root that is read-only are asked for when the recipe does', () => {
    const { HostConfig } = createOptions(
      { ...request, container: { ...container, init: true, readOnly: true } },
      image,
      'json-file',
      ownLabels,
    );
    expect(HostConfig).toMatchObject({ Init: true, ReadonlyRootfs: true });
  });

  test('more rights than Docker’s own are never asked for', () => {
    const { HostConfig } = createOptions(request, image, 'json-file', ownLabels);
    expect(Object.keys(HostConfig ?? {}).sort()).toEqual([
      'Binds',
      'LogConfig',
      'Memory',
      'PidsLimit',
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

  test('the recipe’s own entrypoint and command run behind the gate, in its directory', () => {
    const command = (own: Partial<ContainerSpec>) =>
      createOptions({ ...request, container: { ...container, ...own } }, image, 'json-file', ownLabels).Cmd;
    expect(command({ command: ['check'] })).toEqual(['/entry', 'check']);
    // As in Docker, whose images have commands for their own entrypoints.
    expect(command({ entrypoint: ['/mine'] })).toEqual(['/mine']);
    expect(command({ entrypoint: ['/mine'], command: ['x'] })).toEqual(['/mine', 'x']);
    const spec = { ...container, workingDir: '/srv', env: { LEVEL: 'info' } };
    expect(createOptions({ ...request, container: spec }, image, 'json-file', ownLabels)).toMatchObject({
      WorkingDir: '/srv',
      Env: ['LEVEL=info'],
    });
  });

  test('what an assignment sets goes before what is fixed', () => {
    const spec = { ...container, env: { LEVEL: 'info', MODE: 'x' } };
    const options = createOptions(
      { ...request, container: spec, env: { LEVEL: 'debug' } },
      image,
      'json-file',
      ownLabels,
    );
    expect(options.Env).toEqual(['LEVEL=debug', 'MODE=x']);
  });

  test('limits, mounts and logs are as the recipe says', () => {
    const spec: ContainerSpec = {
      ...container,
      memoryBytes: 64 * 1024 ** 2,
      cpus: 1.5,
      pidsLimit: 20,
      tmpfs: [{ path: '/run', options: 'size=1m' }],
      volumes: [{ volume: 'data', path: '/data', readOnly: true }],
      logging: { maxFiles: 5 },
    };
    const { HostConfig } = createOptions({ ...request, container: spec }, image, 'journald', ownLabels);
    expect(HostConfig).toMatchObject({
      Memory: 64 * 1024 ** 2,
      CpuPeriod: 100_000,
      CpuQuota: 150_000,
      PidsLimit: 20,
      Tmpfs: { '/run': 'size=1m' },
      Mounts: [{ Type: 'volume', Source: 'parbake-web-data', Target: '/data', ReadOnly: true }],
      LogConfig: { Type: 'json-file', Config: { 'max-size': String(10 * 1024 ** 2), 'max-file': '5' } },
    });
  });

  test('finding 27: memory, processes and logs are limited without a word of the recipe, unless the logs are kept elsewhere', () => {
    const limits = (driver: string) => createOptions(request, image, driver, ownLabels).HostConfig;
    expect(limits('local')?.Memory).toBeLessThan(totalmem());
    expect(limits('local')?.Memory).toBeGreaterThan(totalmem() / 2);
    expect(limits('local')).toMatchObject({
      PidsLimit: 4096,
      LogConfig: { Type: 'local', Config: { 'max-file': '3' } },
    });
    expect(limits('journald')).not.toHaveProperty('LogConfig');
  });

  test('ports are published where the recipe says, or nowhere', () => {
    const bindings = (publish: string | false) =>
      createOptions({ ...request, container: { ...container, ports: [80], publish } }, image, '', ownLabels)
        .HostConfig?.PortBindings;
    expect(bindings('127.0.0.1')).toEqual({ '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '80' }] });
    expect(bindings(false)).toEqual({});
  });

  test('in a network of its role a container goes by its name', () => {
    const options = createOptions({ ...request, network: 'parbake-web' }, image, '', ownLabels);
    expect(options.HostConfig?.NetworkMode).toBe('parbake-web');
    expect(options.NetworkingConfig?.EndpointsConfig).toEqual({ 'parbake-web': { Aliases: ['app'] } });
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
    expect(createOptions(request, { ...image, ...more }, 'json-file', ownLabels).Healthcheck).toEqual({
      Test: expected,
    });
  });

  test.each([[[]], [['NONE']]])('a health check %j is left as it is', (healthcheck) => {
    expect(createOptions(request, { ...image, healthcheck }, 'json-file', ownLabels)).not.toHaveProperty(
      'Healthcheck',
    );
  });
});
