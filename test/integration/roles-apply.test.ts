import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyRolesCommand, listRolesCommand } from '../../coordinator/cli/roles-command.ts';
import { startLoneCoordinator, type LoneCoordinator } from '../support/lone-coordinator.ts';
import { runCommand } from '../support/run-command.ts';
import type { Ended } from '../testbed/command.ts';

let coordinator: LoneCoordinator;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parbake-roles-'));
  coordinator = await startLoneCoordinator();
});

afterAll(async () => {
  await coordinator.close();
  rmSync(directory, { recursive: true, force: true });
});

async function apply(recipe: string, ...options: string[]): Promise<Ended> {
  const file = join(directory, 'parbake.yaml');
  writeFileSync(file, recipe);
  const args = [file, '--coordinator', coordinator.address, '--json', ...options];
  return await runCommand(applyRolesCommand, args);
}

test('C1: a container that an alias names keeps its variables and its files', async () => {
  const { exit, stdout, stderr } = await apply(
    `apiVersion: parbake/v1
images: [app:1]
x-names: &names ["\${NAME}", BRANCH]
roles:
  web: { containers: [&p { name: app, image: app:1, user_env: *names, files: /files }] }
  other: { containers: [*p] }
  plain: { containers: [{ name: app, image: app:1 }] }
`,
    '--var',
    'NAME=DATABASE_URL',
  );
  expect(stderr).toBe('');
  expect(exit).toBe(0);
  const variables = { user_env: ['DATABASE_URL', 'BRANCH'], takes_files: true, applied: true };
  expect(JSON.parse(stdout)).toMatchObject({
    roles: [
      { name: 'other', ...variables },
      { name: 'plain', user_env: [], takes_files: false },
      { name: 'web', ...variables },
    ],
  });
});

test('every mistake comes at once, and nothing is applied', async () => {
  const { exit, stderr } = await apply(`images: [app:1]
roles:
  wrong: { containers: [{ name: app, image: app:2, user_env: X }] }
`);
  expect(exit).toBe(2);
  expect(stderr).toContain('parbake.yaml:1:1: the recipe has no apiVersion');
  expect(stderr).toContain('parbake.yaml:3:45: image "app:2" is not listed');
  expect(stderr).toContain('parbake.yaml:3:62: user_env must be a list');
  const listed = await runCommand(listRolesCommand, ['--coordinator', coordinator.address]);
  expect(listed.stdout).not.toContain('wrong');
});

test('a misspelt variable is refused, and the nearest is named', async () => {
  const recipe = `apiVersion: parbake/v1
images: ["app:\${TAG}"]
roles: { tagged: { containers: [{ name: app, image: "app:\${TAG}" }] } }
`;
  const { exit, stderr } = await apply(recipe, '--var', 'TAG=1', '--var', 'TGA=2');
  expect(exit).toBe(2);
  expect(stderr).toContain('did you mean TAG?');
  expect(stderr).toContain('[RECIPE_VARIABLE_UNUSED]');
});

test('a recipe without roles has nothing to apply', async () => {
  const { exit, stderr } = await apply('apiVersion: parbake/v1\nimages: [app:1]\n');
  expect(exit).toBe(2);
  expect(stderr).toContain('[ROLE_INVALID]');
});
