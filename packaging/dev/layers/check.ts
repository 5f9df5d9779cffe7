import { parseSync, Visitor } from 'oxc-parser';
import { dirname, join, normalize } from 'node:path/posix';
import { exclusive, rooms as allRooms, type Room } from './rooms.ts';

/** A source file by its path below the project's root, with slashes. */
export interface SourceFile {
  path: string;
  text: string;
}

/** A name that a pure room must be given as an argument instead. */
const impureGlobals = new Set([
  ...['clearImmediate', 'clearInterval', 'clearTimeout', 'setImmediate', 'setInterval', 'setTimeout'],
  ...['queueMicrotask', 'console', 'crypto', 'fetch', 'globalThis', 'performance', 'process', 'require'],
]);

/**
 * Compares imports, those of types included, with the table of rooms.
 * @param table which room may import what
 * @returns one line for each import or use that is not allowed, with file and line
 */
export function layerProblems(
  files: readonly SourceFile[],
  table: Readonly<Record<string, Room>> = allRooms,
): string[] {
  return files.flatMap((file) => {
    const room = dirname(file.path);
    // Generated types import each other only.
    if (room === 'proto/gen' || room.startsWith('proto/gen/')) return [];
    const rules = table[room];
    if (rules === undefined)
      return [`${file.path}: the room ${room} has no row in packaging/dev/layers/rooms.ts`];
    return problemsOf(file, room, rules);
  });
}

function problemsOf({ path, text }: SourceFile, room: string, rules: Room): string[] {
  const problems: string[] = [];
  const say = (offset: number, problem: string): void => {
    problems.push(`${path}:${text.slice(0, offset).split('\n').length}: ${problem}`);
  };
  const { program, errors } = parseSync(path, text);
  for (const { message } of errors) say(0, message);
  const take = (offset: number, specifier: unknown): void => {
    if (typeof specifier !== 'string') say(offset, 'imports what is only known at run time');
    else if (!isAllowed(specifier, path, room, rules)) say(offset, `${room} may not import ${specifier}`);
  };
  const visitor = new Visitor({
    ImportDeclaration: ({ start, source }) => take(start, source.value),
    ExportAllDeclaration: ({ start, source }) => take(start, source.value),
    ExportNamedDeclaration: ({ start, source }) => {
      if (source !== null) take(start, source.value);
    },
    ImportExpression: ({ start, source }) =>
      take(start, source.type === 'Literal' ? source.value : undefined),
    TSImportType: ({ start, source }) => take(start, source.value),
    TSImportEqualsDeclaration: ({ start }) => say(start, 'import … = require(…) is not used here'),
    ...(rules.isPure === true ? impureUses(say) : {}),
  });
  visitor.visit(program);
  return problems;
}

function isAllowed(specifier: string, path: string, room: string, { rooms, packages }: Room): boolean {
  if (specifier.startsWith('.')) {
    const target = dirname(normalize(join(dirname(path), specifier)));
    return target === room || rooms.some((allowed) => matches(target, allowed));
  }
  const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : nameOf(specifier);
  if (exclusive.includes(name)) return packages.includes(name);
  return packages.some((allowed) =>
    allowed === 'node:*' ? name.startsWith('node:') : name === allowed || matches(name, allowed),
  );
}

/** `node:fs/promises` is as much about files as `node:fs`. */
function nameOf(specifier: string): string {
  return specifier.split('/')[0] ?? specifier;
}

function matches(target: string, allowed: string): boolean {
  if (!allowed.endsWith('/*')) return target === allowed;
  const base = allowed.slice(0, -2);
  return target === base || target.startsWith(`${base}/`);
}

type Handlers = NonNullable<ConstructorParameters<typeof Visitor>[0]>;

/** A pure room gets its clock, its randomness and its logger as arguments. */
function impureUses(say: (offset: number, problem: string) => void): Handlers {
  const refuse = (offset: number, what: string): void =>
    say(offset, `${what} in a pure room: take the value as an argument`);
  /** Names that stand for a property or a declared member, and not for a global. */
  const names = new Set<object>();
  return {
    MemberExpression: ({ start, object, property, computed }) => {
      if (!computed) names.add(property);
      const owner = object.type === 'Identifier' ? object.name : '';
      const key = computed
        ? property.type === 'Literal'
          ? property.value
          : ''
        : 'name' in property
          ? property.name
          : '';
      if (owner === 'Date' && key === 'now') refuse(start, 'Date.now');
      if (owner === 'Math' && key === 'random') refuse(start, 'Math.random');
    },
    Property: ({ key, computed, shorthand }) => {
      if (!computed && !shorthand) names.add(key);
    },
    PropertyDefinition: ({ key }) => void names.add(key),
    MethodDefinition: ({ key }) => void names.add(key),
    TSPropertySignature: ({ key }) => void names.add(key),
    TSMethodSignature: ({ key }) => void names.add(key),
    NewExpression: ({ start, callee, arguments: given }) => {
      if (callee.type === 'Identifier' && callee.name === 'Date' && given.length === 0)
        refuse(start, 'new Date()');
    },
    CallExpression: ({ start, callee }) => {
      if (callee.type === 'Identifier' && callee.name === 'Date') refuse(start, 'Date()');
    },
    Identifier: (node) => {
      if (impureGlobals.has(node.name) && !names.has(node)) refuse(node.start, node.name);
    },
  };
}
