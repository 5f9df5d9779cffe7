import { ParbakeError } from '../errors/errors.ts';
import { readSection, type Read, type SectionReader } from '../recipe/section.ts';
import { RecipeSource } from '../recipe/source.ts';
import { previewSection } from './preview-keys.ts';

/** What a repository wants for its branches. */
export type PreviewFile = ReturnType<typeof readPreview>;

/** What `${NAME}` stands for in a preview file. */
export interface PreviewVariables {
  branch: string;
  sha: string;
  short_sha: string;
  label: string;
  repository: string;
  /** The address of the host that has no name. */
  url: string;
  /** The number of the pull request; empty without one. */
  number: string;
}

/** More is not a preview file. */
export const maxPreviewFile = 64 * 1024;

const day = 86_400_000;

/**
 * Reads a preview file. Whoever may write to the repository wrote it.
 * @param file its name in messages
 * @throws ParbakeError PREVIEW_FILE_INVALID, with every mistake as `file:line:column`
 */
export function parsePreviewFile(text: string, file: string, variables: PreviewVariables): PreviewFile {
  if (Buffer.byteLength(text) > maxPreviewFile)
    throw new ParbakeError('PREVIEW_FILE_INVALID', `${file} has more than ${maxPreviewFile} bytes`);
  const known = new Map<string, string>(Object.entries(variables));
  const source = new RecipeSource(text, (name) => known.get(name), 'the preview file');
  const top =
    source.root === undefined || source.problems.length > 0
      ? undefined
      : readSection(source, source.root, 'the preview', previewSection);
  const preview = top === undefined ? undefined : readPreview(source, top);
  if (preview !== undefined && source.problems.length === 0) return preview;
  throw mistakes(source, file);
}

/** Everything that is wrong with a file, as one error. */
export function mistakes({ problems }: RecipeSource, file: string): ParbakeError {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const lines = sorted.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
  const count = lines.length === 1 ? '' : `${lines.length} mistakes in ${file}:\n  `;
  return new ParbakeError('PREVIEW_FILE_INVALID', `${count}${lines.join('\n  ')}`);
}

/** Hosts of one environment: as many as an assignment has names. */
const maxHosts = 16;

function readPreview(source: RecipeSource, top: SectionReader<typeof previewSection.keys>) {
  const on = top.read('on');
  const hosts = (top.read('hosts') ?? []).map(({ value, node }) => ({
    node,
    host: {
      name: value.read('name') ?? '',
      container: value.read('container') ?? '',
      port: value.read('port') ?? 0,
      scheme: value.read('scheme') ?? 'http',
    },
  }));
  if (hosts.length > maxHosts) source.problem(top.place('hosts'), `hosts has more than ${maxHosts} entries`);
  const names = hosts.map(({ host }) => host.name);
  for (const [index, name] of names.entries())
    if (names.indexOf(name) !== index)
      source.problem(
        hosts[index]?.node,
        name === '' ? 'two hosts have no name' : `two hosts have the name ${name}`,
      );
  return {
    role: top.read('role') ?? '',
    on: {
      pullRequests: on?.read('pull_requests') ?? true,
      branches: valuesOf(on?.read('branches')),
    },
    hosts: hosts.map(({ host }) => host),
    env: Object.fromEntries((top.read('env') ?? []).map(({ name, value }) => [name, value])),
    ttlMs: top.read('ttl') ?? 14 * day,
  };
}

function valuesOf<T>(items: readonly Read<T>[] | undefined): T[] {
  return (items ?? []).map(({ value }) => value);
}
