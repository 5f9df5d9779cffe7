import { readSection } from '../recipe/section.ts';
import { RecipeSource } from '../recipe/source.ts';
import { mistakes } from './preview-file.ts';
import { repositoriesSection } from './repository-keys.ts';

/** What an operator allows a repository. */
export interface RepositoryRules {
  /** `owner/name`. */
  name: string;
  zone: string;
  roles: string[];
  /** A path relative to the file's; absent for none. */
  previewFile: string | undefined;
  /** Has `{host}` where the name stands. */
  address: string;
  max: number;
  /** Roles by the label of a runner. */
  runners: Readonly<Record<string, string>>;
  /** Absent: nothing runs for forks. */
  forks: { role: string; zone: string } | undefined;
}

/** A file of repositories. Paths in it are relative to it. */
export interface RepositoryFile {
  url: string;
  tokenFile: string | undefined;
  secretFile: string;
  repositories: RepositoryRules[];
}

/**
 * Reads the operator's file of repositories.
 * @param file its name in messages
 * @throws ParbakeError PREVIEW_FILE_INVALID, with every mistake as `file:line:column`
 */
export function parseRepositoryFile(
  text: string,
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): RepositoryFile {
  const source = new RecipeSource(text, (name) => env[name], 'the file');
  const top =
    source.root === undefined || source.problems.length > 0
      ? undefined
      : readSection(source, source.root, 'the file', repositoriesSection);
  const zones = new Set<string>();
  // Two repositories can have branches of the same name.
  const own = (zone: string, node: Parameters<RecipeSource['problem']>[0]): string => {
    if (zones.has(zone)) source.problem(node, `zone ${zone} is named twice: each repository needs its own`);
    zones.add(zone);
    return zone;
  };
  const repositories = (top?.read('repositories') ?? []).map(({ name, value }): RepositoryRules => {
    const forks = value.read('forks');
    return {
      name,
      zone: own(value.read('zone') ?? '', value.place('zone')),
      roles: (value.read('roles') ?? []).map(({ value: role }) => role),
      previewFile: value.read('preview'),
      address: value.read('address') ?? 'https://{host}',
      max: value.read('max') ?? 20,
      runners: Object.fromEntries((value.read('runners') ?? []).map((one) => [one.name, one.value])),
      forks:
        forks === undefined
          ? undefined
          : { role: forks.read('role') ?? '', zone: own(forks.read('zone') ?? '', forks.place('zone')) },
    };
  });
  const github = top?.read('github');
  if (source.problems.length > 0) throw mistakes(source, file);
  return {
    url: github?.read('url') ?? 'https://api.github.com',
    tokenFile: github?.read('token'),
    secretFile: github?.read('webhook_secret') ?? '',
    repositories,
  };
}
