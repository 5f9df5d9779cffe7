import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { agentProgram } from '../../agent/program.ts';
import { operatorProgram } from '../../coordinator/cli/program.ts';
import { coordinatorProgram } from '../../coordinator/program.ts';
import { isErrorCode, toParbakeError } from '../../proto/errors/errors.ts';
import { readArguments } from '../../proto/process/cli/arguments.ts';
import { builtIns } from '../../proto/process/cli/built-ins.ts';
import type { Program } from '../../proto/process/cli/declaration.ts';
import { commandsIn, pagesOfTheProject, project, shellLinesIn } from '../support/documents.ts';

const programs = new Map(
  [agentProgram, coordinatorProgram, operatorProgram].map((each) => [each.name, each]),
);
const pages = pagesOfTheProject();
const today = pages.filter(({ page }) => page !== 'CHANGELOG.md' && !page.startsWith('docs/adr/'));

/** @returns why a command of ours cannot be typed like this; undefined when it can */
async function problemOf(program: Program, argv: readonly string[]): Promise<string | undefined> {
  const isHelp = argv.some((word) => ['-h', '--help', '--version', 'help'].includes(word));
  const commands = [...program.commands, ...builtIns(program)];
  const command = [2, 1]
    .map((words) => commands.find(({ name }) => name === argv.slice(0, words).join(' ')))
    .find((found) => found !== undefined);
  if (command === undefined) return isHelp ? undefined : `there is no command ${argv.slice(0, 2).join(' ')}`;
  if (isHelp) return undefined;
  const { settingsFile: _, ...declaration } = command.declaration;
  const args = argv.slice(command.name.split(' ').length);
  return await readArguments(declaration, args, {}).then(
    () => undefined,
    (cause: unknown) => toParbakeError(cause).message,
  );
}

describe('every page', () => {
  test.each(pages)('$page links to files that exist', ({ page, text }) => {
    const targets = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(
      ([, target = '']) => target,
    );
    expect(targets.filter((target) => !existsSync(join(project, dirname(page), target)))).toEqual([]);
  });

  test.each(today)('$page shows commands that can be typed so', async ({ text }) => {
    const shown = shellLinesIn(text).flatMap(commandsIn);
    const problems = await Promise.all(
      shown.map(async (words) => {
        const at = words.findIndex((word) => programs.has(word));
        const program = programs.get(words[at] ?? '');
        // Before it, nothing but what runs it.
        if (program === undefined || !words.slice(0, at).every((word) => /^(sudo|exec|\w+=.*)$/.test(word)))
          return [];
        const problem = await problemOf(program, words.slice(at + 1));
        return problem === undefined ? [] : [`${words.join(' ')}: ${problem}`];
      }),
    );
    expect(problems.flat()).toEqual([]);
  });
});

test('an option that is misspelt in a page is found', async () => {
  const [words = []] = commandsIn(`parbake assign --user alice --rol web # a comment`);
  expect(words).toEqual(['parbake', 'assign', '--user', 'alice', '--rol', 'web']);
  expect(await problemOf(operatorProgram, words.slice(1))).toContain('--rol');
  expect(await problemOf(operatorProgram, ['asign'])).toContain('asign');
});

test('codes in the page of symptoms are codes of the catalogue', () => {
  const { text } = pages.find(({ page }) => page === 'docs/troubleshooting.md') ?? { text: '' };
  const codes = [...text.matchAll(/`((?!PARBAKE_)[A-Z]{2,}(?:_[A-Z]+)+)`/g)].map(([, code = '']) => code);
  expect(codes.length).toBeGreaterThan(20);
  expect(codes.filter((code) => !isErrorCode(code))).toEqual([]);
});
