import type { RulePath } from './rule.ts';

const bases = { root: '', home: '~/', 'data-root': '<data-root>/', 'exec-root': '<exec-root>/' };
const endings = {
  entry: '',
  children: '/*',
  files: '/**',
  emptied: ' (emptied)',
  lines: '',
  replaced: ' (replaced)',
  settings: '',
};
const kinds = {
  directories: 'directories',
  files: 'files, not links',
  ids: 'directories named by an id',
  swap: 'swap files',
};

/** Where a rule looks, and what it does there, for people. */
export function placeText(rulePath: RulePath): { place: string; notes: string[] } {
  const { below, path, clean, only, contains, refuse, onlyWith, onlyWithout, settings } = rulePath;
  const notes = [
    only === undefined ? undefined : kinds[only],
    contains === undefined ? undefined : `${clean === 'lines' ? 'lines' : 'files'} with ${contains.source}`,
    settings === undefined ? undefined : `${settings.keeps} stay`,
    refuse === undefined ? undefined : 'refused, not removed',
    onlyWith === undefined ? undefined : `where ${onlyWith} is`,
    onlyWithout === undefined ? undefined : `where ${onlyWithout} is not`,
  ].filter((note) => note !== undefined);
  return { place: `${bases[below]}${path}${endings[clean]}`, notes };
}
