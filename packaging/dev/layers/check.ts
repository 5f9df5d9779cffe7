import { parseSync, Visitor, type ImportDeclarationSpecifier, type ModuleExportName } from 'oxc-parser';
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
  ...['eval', 'global', 'navigator', 'self', 'BroadcastChannel', 'EventSource', 'MessageChannel', 'Temporal'],
  ...['WebSocket', 'XMLHttpRequest'],
]);

/** What a pure room may import of the modules that have impure exports, too. */
const pureExports: Readonly<Record<string, readonly string[]>> = {
  'node:crypto': ['createHash', 'createPublicKey', 'verify'],
  'node:net': ['isIP'],
};

/**
 * Compares imports, those of types included, with the table of rooms.
 * @param table which room may import what
 * @returns one line for each import or use that is not allowed, with file and line, and for each row of a pure room that
 *   names an impure one
 */
export function layerProblems(
  files: readonly SourceFile[],
  table: Readonly<Record<string, Room>> = allRooms,
): string[] {
  const impureBelow = Object.entries(table).flatMap(([room, { isPure, rooms }]) => {
    const impure = Object.keys(table).filter(
      (other) => table[other]?.isPure !== true && rooms.some((allowed) => matches(other, allowed)),
    );
    return isPure === true
      ? impure.map((other) => `the pure room ${room} may import ${other}, which is not pure`)
      : [];
  });
  const inFiles = files.flatMap((file) => {
    const room = dirname(file.path);
    // Generated types import each other only.
    if (room === 'proto/gen' || room.startsWith('proto/gen/')) return [];
    const rules = table[room];
    if (rules === undefined)
      return [`${file.path}: the room ${room} has no row in packaging/dev/layers/rooms.ts`];
    return problemsOf(file, room, rules);
  });
  return [...impureBelow, ...inFiles];
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
  /** @param names undefined for types */
  const takeNames = (offset: number, specifier: string, names: readonly (string | undefined)[]): void => {
    const pure = rules.isPure === true ? pureExports[specifier] : undefined;
    for (const name of names)
      if (pure !== undefined && name !== undefined && !pure.includes(name))
        say(offset, `${name} of ${specifier} in a pure room: take the value as an argument`);
  };
  const visitor = new Visitor({
    ImportDeclaration: ({ start, source, specifiers, importKind }) => {
      take(start, source.value);
      if (importKind !== 'type') takeNames(start, source.value, specifiers.map(importedName));
    },
    ExportAllDeclaration: ({ start, source, exportKind }) => {
      take(start, source.value);
      if (exportKind !== 'type') takeNames(start, source.value, ['*']);
    },
    ExportNamedDeclaration: ({ start, source, specifiers, exportKind }) => {
      if (source === null) return;
      take(start, source.value);
      const names = specifiers.map(({ local, exportKind: kind }) =>
        kind === 'type' ? undefined : nameIn(local),
      );
      if (exportKind !== 'type') takeNames(start, source.value, names);
    },
    ImportExpression: ({ start, source }) =>
      take(start, source.type === 'Literal' ? source.value : undefined),
    TSImportType: ({ start, source }) => take(start, source.value),
    TSImportEqualsDeclaration: ({ start }) => say(start, 'import … = require(…) is not used here'),
    ...(rules.isPure === true ? impureUses(say) : hiddenImports(say)),
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

/** @returns undefined for a type; `*` for a whole module */
function importedName(specifier: ImportDeclarationSpecifier): string | undefined {
  if (specifier.type !== 'ImportSpecifier') return '*';
  return specifier.importKind === 'type' ? undefined : nameIn(specifier.imported);
}

function nameIn(name: ModuleExportName): string {
  return name.type === 'Literal' ? name.value : name.name;
}

type Handlers = NonNullable<ConstructorParameters<typeof Visitor>[0]>;

/** Functions that load a module without an import. */
const loaders = new Set(['createRequire', 'getBuiltinModule']);

/** What these load is in no import, so the table could not be compared with it. */
function hiddenImports(say: (offset: number, problem: string) => void): Handlers {
  const refuse = (offset: number, name: string): void =>
    say(offset, `${name} hides what is loaded: use import`);
  return {
    CallExpression: ({ start, callee }) => {
      if (callee.type === 'Identifier' && callee.name === 'require') refuse(start, 'require');
    },
    Identifier: ({ start, name }) => {
      if (loaders.has(name)) refuse(start, name);
    },
    MemberExpression: ({ start, property, computed }) => {
      if (computed && property.type === 'Literal' && loaders.has(String(property.value)))
        refuse(start, String(property.value));
    },
  };
}

/** A pure room gets its clock, its randomness and its logger as arguments. */
function impureUses(say: (offset: number, problem: string) => void): Handlers {
  const refuse = (offset: number, what: string): void =>
    say(offset, `${what} in a pure room: take the value as an argument`);
  /** Names that stand for a property or a declared member, and not for a global. */
  const names = new Set<object>();
  /** Uses of Date and Math that give the same result for the same arguments. */
  const pureUses = new Set<object>();
  const clockOf: Readonly<Record<string, string>> = { Date: 'now', Math: 'random' };
  return {
    MemberExpression: ({ start, object, property, computed }) => {
      if (!computed) names.add(property);
      if (object.type !== 'Identifier') return;
      const clock = clockOf[object.name];
      const key = property.type === 'Literal' ? property.value : 'name' in property ? property.name : '';
      if (clock === undefined || (computed && property.type !== 'Literal')) return;
      pureUses.add(object);
      if (key === clock) refuse(start, `${object.name}.${clock}`);
    },
    Property: ({ key, computed, shorthand }) => {
      if (!computed && !shorthand) names.add(key);
    },
    PropertyDefinition: ({ key }) => void names.add(key),
    MethodDefinition: ({ key }) => void names.add(key),
    TSPropertySignature: ({ key }) => void names.add(key),
    TSMethodSignature: ({ key }) => void names.add(key),
    TSTypeReference: ({ typeName }) => void pureUses.add(typeName),
    BinaryExpression: ({ operator, right }) => {
      if (operator === 'instanceof') pureUses.add(right);
    },
    NewExpression: ({ start, callee, arguments: [first] }) => {
      if (callee.type !== 'Identifier' || callee.name !== 'Date') return;
      pureUses.add(callee);
      if (first === undefined || first.type === 'SpreadElement') refuse(start, 'new Date()');
    },
    CallExpression: ({ start, callee }) => {
      if (callee.type !== 'Identifier' || callee.name !== 'Date') return;
      pureUses.add(callee);
      refuse(start, 'Date()');
    },
    Identifier: (node) => {
      if (names.has(node) || pureUses.has(node)) return;
      if (impureGlobals.has(node.name) || node.name in clockOf) refuse(node.start, node.name);
    },
  };
}
