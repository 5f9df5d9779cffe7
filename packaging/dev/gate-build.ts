import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const sources = join(dirname(fileURLToPath(import.meta.url)), '../gate');
const cache = join(dirname(fileURLToPath(import.meta.url)), '../../node_modules/.cache/parbake');

export type GateArchitecture = 'x64' | 'arm64';

const compilers: Record<GateArchitecture, string> = {
  x64: 'x86_64-linux-gnu-gcc',
  arm64: 'aarch64-linux-gnu-gcc',
};

/** No C library, nothing that a compiler would add by itself: the gate starts where the kernel leaves it. */
const flags = [
  ...['-std=c11', '-Os', '-ffreestanding', '-fno-builtin', '-fno-tree-loop-distribute-patterns'],
  ...[
    '-nostdlib',
    '-static',
    '-fno-pie',
    '-no-pie',
    '-fno-stack-protector',
    '-fno-asynchronous-unwind-tables',
    '-ffunction-sections',
    '-Wl,--gc-sections',
  ],
  ...['-Wall', '-Wextra', '-Werror', '-Wl,--build-id=none', '-Wl,-z,noexecstack', '-s'],
];

/** The compiler for an architecture; undefined when it is not installed. */
export function gateCompiler(architecture: GateArchitecture): string | undefined {
  const own = process.arch === architecture ? ['gcc'] : [];
  const directories = (process.env['PATH'] ?? '').split(':').concat('/usr/bin');
  return [...own, compilers[architecture]].find((name) =>
    directories.some((directory) => existsSync(join(directory, name))),
  );
}

/**
 * Compiles the gate, once for each state of its sources.
 * @returns the program's path
 * @throws Error naming the package of the compiler that is missing, or with what the compiler says
 */
export async function buildGate(architecture = process.arch as GateArchitecture): Promise<string> {
  const files = readdirSync(sources).filter((name) => /\.[ch]$/.test(name));
  const hash = createHash('sha256').update(JSON.stringify([architecture, flags]));
  for (const name of files.sort()) hash.update(name).update(readFileSync(join(sources, name)));
  const directory = join(cache, `gate-${architecture}-${hash.digest('hex').slice(0, 16)}`);
  const program = join(directory, 'gate');
  if (existsSync(program)) return program;
  const compiler = gateCompiler(architecture);
  if (compiler === undefined) {
    const name =
      process.arch === architecture ? 'gcc' : compilers[architecture].replace(/^(.*)-gcc$/, 'gcc-$1');
    throw new Error(`compiling the gate for ${architecture} needs a C compiler: install the package ${name}`);
  }
  mkdirSync(cache, { recursive: true });
  const temporary = mkdtempSync(`${directory}.`);
  try {
    const programs = files.filter((name) => name.endsWith('.c')).map((name) => join(sources, name));
    await promisify(execFile)(compiler, [...flags, '-o', join(temporary, 'gate'), ...programs]);
    // Another process may have been faster; both made the same.
    if (!existsSync(directory)) renameSync(temporary, directory);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return program;
}
