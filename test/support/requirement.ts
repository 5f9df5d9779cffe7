import { existsSync } from 'node:fs';

/** What tests of packages need besides some programs, given by their paths: root, on amd64. */
export function packagingMissing(programs: readonly string[]): string | undefined {
  if (process.getuid?.() !== 0) return unlessRequired('needs root');
  if (process.arch !== 'x64') return unlessRequired('needs amd64');
  const absent = programs.filter((path) => !existsSync(path));
  return unlessRequired(absent.length > 0 ? `needs ${absent.join(', ')}` : undefined);
}

/**
 * Returns why tests are skipped: what they need and this machine does not have. Nothing is skipped where a change is judged.
 * @throws Error instead with PARBAKE_TEST_REQUIRE=all
 */
export function unlessRequired(missing: string | undefined): string | undefined {
  if (missing !== undefined && process.env['PARBAKE_TEST_REQUIRE'] === 'all') throw new Error(missing);
  return missing;
}
