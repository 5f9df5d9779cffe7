import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readyAgent, startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { listAssignments } from '../support/calls.ts';
import { command, runToEnd } from '../testbed/command.ts';
import { waitFor } from '../testbed/wait.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const inRoot = (program: string): string => join(root, 'node_modules', program);

/** The first example of the page, which is one file. */
function exampleInDocs(): string {
  const [, text = ''] = /^```ts\n(.*?)^```$/ms.exec(readFileSync(join(root, 'docs/client.md'), 'utf8')) ?? [];
  return text;
}

describe('the client in the npm package, in an empty project', () => {
  let project: string;
  let coordinator: LoneCoordinator;

  beforeAll(async () => {
    project = mkdtempSync(join(tmpdir(), 'parbake-client-'));
    // A checkout runs no scripts of packages, its own included.
    await command('npm', ['run', 'build'], { cwd: root });
    const packed = await command('npm', ['pack', '--json', '--pack-destination', project], { cwd: root });
    const [{ filename = '', files = [] } = {}] = JSON.parse(packed.slice(packed.indexOf('['))) as {
      filename?: string;
      files?: { path: string }[];
    }[];
    expect(files.filter(({ path }) => /\.test\.|^(agent|coordinator|proto|test)\//.test(path))).toEqual([]);
    writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module', private: true }));
    const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--omit=optional', '--loglevel=error'];
    await command('npm', ['install', join(project, filename), ...quiet], { cwd: project });
    coordinator = await startLoneCoordinator();
  });

  afterAll(async () => {
    await coordinator?.close();
    rmSync(project, { recursive: true, force: true });
  });

  /** @returns what it prints, as JSON */
  async function run(text: string): Promise<unknown> {
    const path = join(project, 'program.mjs');
    writeFileSync(path, `import { connect, durationOf, ParbakeError } from 'parbake/client';\n${text}`);
    const stdout = await command(process.execPath, [path, coordinator.address], { cwd: project });
    return JSON.parse(stdout);
  }

  test('compiles the example of its page, in which a wrong name of a field is an error', async () => {
    const example = exampleInDocs();
    const options = { strict: true, module: 'nodenext', target: 'es2024', noEmit: true, skipLibCheck: false };
    const typeRoots = [inRoot('@types')];
    const compile = async (text: string): Promise<string> => {
      writeFileSync(join(project, 'example.ts'), text);
      writeFileSync(
        join(project, 'tsconfig.json'),
        JSON.stringify({
          compilerOptions: { ...options, typeRoots, types: ['node'] },
          files: ['example.ts'],
        }),
      );
      return (await runToEnd(process.execPath, [inRoot('typescript/bin/tsc'), '-p', project])).stdout;
    };
    expect(example).toContain('ifExists');
    expect(await compile(example)).toBe('');
    expect(await compile(example.replace('environment: branch', 'enviroment: branch'))).toContain(
      'enviroment',
    );
  });

  test('gives a user an instance, finds it again, extends and releases it', async () => {
    await readyAgent(coordinator, { role: 'web' });
    const seen = await run(`
      const coordinator = connect({ address: process.argv[2] });
      const { assignments, telemetry } = coordinator;
      const { assignment, replayed } = await assignments.assign({ requestId: 'r-1', user: 'alice', role: 'web' });
      const again = await assignments.assign({ requestId: 'r-1', user: 'alice', role: 'web' });
      const { assignmentId } = assignment;
      const found = await assignments.getAssignment({ requestId: 'r-1' });
      const extended = await assignments.extendAssignment({ assignmentId, ttl: durationOf(60_000) });
      const types = [];
      for await (const { events } of telemetry.watchEvents({ assignmentId, last: 10 }))
        if (types.push(...events.map(({ type }) => type)) >= 3) break;
      const released = await assignments.release({ assignmentId });
      coordinator.close();
      console.log(JSON.stringify({
        state: assignment.state, replayed, again: again.replayed, found: found.assignment.assignmentId === assignmentId,
        hasLimit: extended.assignment.expireTime !== null, hasEvents: types.length >= 3, released: released.alreadyReleased,
      }));`);
    expect(seen).toEqual({
      state: 'ASSIGNMENT_STATE_SERVING',
      replayed: false,
      again: true,
      found: true,
      hasLimit: true,
      hasEvents: true,
      released: false,
    });
  });

  test('a coordinator that restarts in the middle is asked again with the same request id', async () => {
    const pending = run(`
      const coordinator = connect({ address: process.argv[2] });
      await coordinator.fleet.applyRoles({ roles: [{ name: 'later' }] });
      const { assignment } = await coordinator.assignments.assign({ requestId: 'r-2', user: 'bob', role: 'later' });
      coordinator.close();
      console.log(JSON.stringify(assignment.state));`);
    await waitFor('the request', async () => {
      const [waiting] = await listAssignments(coordinator.clients, { user: 'bob' });
      return waiting?.state === 'ASSIGNMENT_STATE_PENDING';
    });
    await coordinator.restart('SIGKILL');
    await readyAgent(coordinator, { role: 'later' });
    expect(await pending).toBe('ASSIGNMENT_STATE_SERVING');
  });

  test.each([
    ['a role that there is not', 'ROLE_UNKNOWN', `{}, { user: 'eve', role: 'nowhere' }`],
    ['plaintext to another machine', 'INSECURE_ADDRESS', `{ address: '192.0.2.1:7443' }, {}`],
    [
      'half of a certificate',
      'REQUEST_INVALID',
      `{ address: 'example.test:7443', tls: { ca: '', certificate: '' } }, {}`,
    ],
    ['nobody who calls', 'REQUEST_INVALID', `{ address: 'example.test:7443', tls: { ca: '' } }, {}`],
    ['a token of two lines', 'REQUEST_INVALID', `{ token: 'a\\nb' }, {}`],
  ])('%s is refused with %s', async (_, code, args) => {
    const seen = await run(`
      const assign = async (options, request) => {
        const coordinator = connect({ address: process.argv[2], ...options });
        await coordinator.assignments.assign(request).finally(() => coordinator.close());
      };
      const error = await assign(${args}).catch((cause) => cause);
      console.log(JSON.stringify({ isOurs: error instanceof ParbakeError, code: error.code, action: error.action !== '' }));`);
    expect(seen).toEqual({ isOurs: true, code, action: true });
  });
});
