import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { layerProblems } from '../../packaging/dev/layers/check.ts';

const project = join(import.meta.dirname, '../..');
const planted = 'agent/core/planted.ts';
const inImage = 'agent/core/image/planted.ts';
const problemsOf = (text: string, path = planted): string[] => layerProblems([{ path, text }]);

describe('a file in a pure room', () => {
  test.each<[name: string, text: string, path?: string]>([
    ['Date.now', 'export const at = Date.now();'],
    ['Date["now"]', 'export const at = Date["now"]();'],
    ['new Date()', 'export const at = new Date();'],
    ['Date()', 'export const at = Date();'],
    ['new Date(...[])', 'export const at = new Date(...[]);'],
    ['the members of Date', 'export const { now } = Date;'],
    ['Date under another name', 'export const clock = Date;'],
    ['a computed member of Date', 'export const at = (name: "now"): number => Date[name]();'],
    ['randomUUID', "import { randomUUID } from 'node:crypto'; export { randomUUID };", inImage],
    ['all of node:crypto', "import * as all from 'node:crypto'; export { all };", inImage],
    ['an export of node:crypto', "export { randomUUID } from 'node:crypto';", inImage],
    ['connect', "import { connect } from 'node:net'; export { connect };", 'proto/recipe/planted.ts'],
    ['Math.random', 'export const one = Math.random();'],
    ['Math.random without a call', 'export const { one } = { one: Math.random };'],
    ['performance', 'export const at = performance.now();'],
    ['setTimeout', 'export function later(): void { setTimeout(() => {}, 1); }'],
    ['process', 'export const { env } = process;'],
    ['console', 'console.log("x");'],
    ['crypto', 'export const id = crypto.randomUUID();'],
    ['fetch', 'export const page = fetch("http://127.0.0.1");'],
    ['globalThis', 'export const at = globalThis.Date;'],
    ['require', 'export const fs = require("node:fs");'],
    ['node:fs', "import { readFileSync } from 'node:fs'; export { readFileSync };"],
    ['node:fs/promises', "export * from 'node:fs/promises';"],
    ['node:timers/promises', "export * from 'node:timers/promises';"],
    ['gRPC', "import { status } from '@grpc/grpc-js'; export { status };"],
    ['a type of gRPC', "import type { Metadata } from '@grpc/grpc-js'; export type M = Metadata;"],
    ['a type of gRPC, inline', "export type M = import('@grpc/grpc-js').Metadata;"],
    ['Docker', "import Docker from 'dockerode'; export { Docker };"],
    ['our Docker room', "export { connect } from '../docker/client.ts';"],
    ['a logger', "import pino from 'pino'; export { pino };"],
    ['our logger', "import type { Logger } from '../../proto/process/log.ts'; export type L = Logger;"],
    ['an import at run time', "export const fs = import('node:fs');"],
    ['an import by a computed name', 'export const load = (name: string) => import(name);'],
  ])('may not use %s', (_, text, path = planted) => {
    expect(problemsOf(text, path)).toHaveLength(1);
  });

  test('may read times that it is given, and hash', () => {
    const text = `
      import { createHash, type KeyObject } from 'node:crypto';
      export const at = (text: string): number => Math.max(Date.parse(text), Date.UTC(2026, 0));
      export const isDate = (value: unknown): value is Date => value instanceof Date;
      export const sha = (key: KeyObject): string => createHash('sha256').update(String(key)).digest('hex');`;
    expect(problemsOf(text, inImage)).toEqual([]);
  });

  test('may not import a room that is not pure, whatever its row says', () => {
    const table = {
      pure: { rooms: ['impure'], packages: [], isPure: true },
      impure: { rooms: [], packages: [] },
    } as const;
    expect(layerProblems([], table)).toEqual(['the pure room pure may import impure, which is not pure']);
  });

  test('may take all of it as arguments, and may name its own members as it likes', () => {
    const text = `
      export interface Clock { now: () => number; process: string; setTimeout(): void }
      export function at(clock: Clock, given: number): Date { return new Date(clock.now() + given); }
      export const names = { performance: 1, console: 2 };
      export const read = names.performance + names.console;`;
    expect(problemsOf(text)).toEqual([]);
  });
});

describe('a room', () => {
  test.each([
    [
      'coordinator/api/planted.ts',
      "import '../../agent/program.ts';",
      'coordinator/api may not import ../../agent/program.ts',
    ],
    ['agent/session/planted.ts', "import '../../coordinator/program.ts';", 'agent/session may not import'],
    [
      'agent/session/planted.ts',
      "import '@aws-sdk/client-ec2';",
      'agent/session may not import @aws-sdk/client-ec2',
    ],
    ['agent/worker/planted.ts', "import 'dockerode';", 'agent/worker may not import dockerode'],
    ['coordinator/fleet/planted.ts', "import 'node:sqlite';", 'coordinator/fleet may not import node:sqlite'],
    ['coordinator/fleet/planted.ts', "import 'left-pad';", 'coordinator/fleet may not import left-pad'],
    ['agent/worker/planted.ts', "require('dockerode');", 'require hides what is loaded'],
    [
      'agent/worker/planted.ts',
      "import { createRequire as make } from 'node:module'; make('/')('dockerode');",
      'createRequire hides what is loaded',
    ],
    [
      'agent/worker/planted.ts',
      "process.getBuiltinModule('node:sqlite');",
      'getBuiltinModule hides what is loaded',
    ],
    [
      'agent/worker/planted.ts',
      "process['getBuiltinModule']('node:sqlite');",
      'getBuiltinModule hides what is loaded',
    ],
    ['agent/utils/planted.ts', 'export {};', 'the room agent/utils has no row'],
    ['proto/shared/planted.ts', 'export {};', 'the room proto/shared has no row'],
  ])('%s with %s is refused', (path, text, problem) => {
    expect(problemsOf(text, path)).toEqual([expect.stringContaining(problem)]);
  });

  test('may import itself and what its row names', () => {
    const text = "import './other.ts'; import 'node:sqlite'; import '../sql/rows.ts';";
    expect(problemsOf(text, 'coordinator/store/sqlite/planted.ts')).toEqual([]);
  });
});

describe('npm run check', () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  /** A copy of the sources, with one file more. */
  function copyWith(path: string, text: string): string {
    const copy = mkdtempSync(join(tmpdir(), 'parbake-layers-'));
    folders.push(copy);
    const listed = execFileSync(
      'git',
      ['ls-files', 'agent', 'coordinator', 'proto', '.oxlintrc.json', 'tsconfig.json'],
      {
        cwd: project,
        encoding: 'utf8',
      },
    );
    for (const file of listed.trim().split('\n')) {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      cpSync(join(project, file), join(copy, file));
    }
    symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
    execFileSync('git', ['init', '--quiet', copy]);
    writeFileSync(join(copy, path), text);
    return copy;
  }

  test('passes on the sources and fails for a planted violation', () => {
    const check = (root: string) =>
      spawnSync(process.execPath, [join(project, 'packaging/dev/layers.ts'), '--root', root], {
        encoding: 'utf8',
      });
    expect(check(project)).toMatchObject({ status: 0, stderr: '' });
    const copy = copyWith(planted, 'export const at = Date.now();\n');
    expect(check(copy)).toMatchObject({
      status: 1,
      stderr: `${planted}:1: Date.now in a pure room: take the value as an argument\n`,
    });
  });

  test('runs the check of layers', () => {
    expect(readFileSync(join(project, 'packaging/dev/launch.mjs'), 'utf8')).toContain(
      'packaging/dev/layers.ts',
    );
  });

  test('fails for a cycle of types alone', () => {
    const other = "import type { A } from './planted.ts';\nexport interface B {\n  a: A;\n}\n";
    const copy = copyWith(
      planted,
      "import type { B } from './other.ts';\nexport interface A {\n  b: B;\n}\n",
    );
    writeFileSync(join(copy, 'agent/core/other.ts'), other);
    const lint = spawnSync(
      process.execPath,
      [join(project, 'node_modules/oxlint/bin/oxlint'), 'agent/core'],
      {
        cwd: copy,
        encoding: 'utf8',
      },
    );
    expect(lint.stdout).toContain('Dependency cycle detected');
    expect(lint.status).toBe(1);
  });
});
