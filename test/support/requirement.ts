/**
 * Why tests are skipped, if they are: what they need and this machine has not. Where a change is judged
 * (PARBAKE_TEST_REQUIRE=all) nothing is skipped.
 * @throws Error there
 */
export function unlessRequired(missing: string | undefined): string | undefined {
  if (missing !== undefined && process.env['PARBAKE_TEST_REQUIRE'] === 'all') throw new Error(missing);
  return missing;
}
