import { dirname, resolve } from 'node:path';
import type { ValuesOf } from '../../proto/process/cli/command.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { refuseExposed } from '../../proto/process/private-file.ts';
import { readRequiredText } from '../../proto/process/required-file.ts';
import { parsePreviewFile } from '../../proto/preview/preview-file.ts';
import { parseRepositoryFile, type RepositoryRules } from '../../proto/preview/repository-file.ts';
import { isLoopback } from '../../proto/wire/address.ts';
import type { TlsFiles } from '../../proto/wire/channel.ts';
import type { Zones } from '../core/route-name.ts';
import type { Repository } from '../previews/wishes.ts';
import type { serveDeclaration } from './serve-declaration.ts';

export interface PreviewOptions {
  /** `host:port` where GitHub delivers. */
  address: string;
  /** Absent for plaintext on loopback. */
  tls?: TlsFiles;
  /** The address of GitHub's API. */
  url: string;
  /** Repositories that have previews, by `owner/name`. */
  repositories: ReadonlyMap<string, Repository>;
  /** Read anew each time, so that one can be replaced without a restart. */
  secrets: () => Promise<readonly string[]>;
  /** Absent without a token. */
  token?: () => Promise<string>;
}

type Given = Pick<ValuesOf<typeof serveDeclaration>, 'webhookListen' | 'repositories'>;

/** GitHub suggests a random text of high entropy; a short one can be guessed from one delivery. */
const minSecret = 16;

/** Whether deliveries come in through TLS of the coordinator's own. */
export function isWebhookTls({ webhookListen }: Pick<Given, 'webhookListen'>): boolean {
  return webhookListen !== undefined && !isLoopback(webhookListen);
}

/**
 * @returns undefined where there are no previews
 * @throws ParbakeError USAGE, FILE_UNREADABLE, KEY_EXPOSED, PREVIEW_FILE_INVALID
 */
export async function readPreviewOptions(
  { webhookListen, repositories: path }: Given,
  { zones, tls, env }: { zones: Zones; tls: TlsFiles | undefined; env: CommandContext['env'] },
): Promise<PreviewOptions | undefined> {
  if (webhookListen === undefined && path === undefined) return undefined;
  if (webhookListen === undefined || path === undefined)
    throw new ParbakeError('USAGE', '--webhook-listen and --repositories go together: give both');
  if (!/:\d+$/.test(webhookListen))
    throw new ParbakeError('USAGE', `--webhook-listen takes host:port, not "${webhookListen}"`);
  const file = parseRepositoryFile(await readRequiredText(path), path, env);
  const beside = (name: string): string => resolve(dirname(path), name);
  const secretFile = beside(file.secretFile);
  const tokenFile = file.tokenFile === undefined ? undefined : beside(file.tokenFile);
  const secrets = (): Promise<readonly string[]> => readSecrets(secretFile);
  // What is wrong with them is said at the start.
  for (const secret of [secretFile, ...(tokenFile === undefined ? [] : [tokenFile])])
    await refuseExposed(secret);
  await secrets();
  if (tokenFile !== undefined) await readToken(tokenFile);
  const repositories = new Map<string, Repository>();
  for (const rules of file.repositories) {
    refuseForeignZones(rules, zones);
    repositories.set(rules.name, { rules, ...(await readPreviewFile(rules, beside)) });
  }
  return {
    address: webhookListen,
    ...(isWebhookTls({ webhookListen }) && tls !== undefined ? { tls } : {}),
    url: file.url,
    repositories,
    secrets,
    ...(tokenFile === undefined ? {} : { token: () => readToken(tokenFile) }),
  };
}

function refuseForeignZones({ name, zone, forks }: RepositoryRules, zones: Zones): void {
  for (const one of forks === undefined ? [zone] : [zone, forks.zone])
    if (zones.of(one) === undefined)
      throw new ParbakeError('USAGE', `${name}: ${one} is neither a zone of --zone nor below one`);
}

async function readPreviewFile(
  { previewFile: name }: RepositoryRules,
  beside: (name: string) => string,
): Promise<Pick<Repository, 'previewFile'>> {
  if (name === undefined) return {};
  const text = await readRequiredText(beside(name));
  // Every variable has a value of some kind in a branch's environment.
  const value = 'x';
  parsePreviewFile(text, name, {
    ...{ branch: value, sha: value, short_sha: value, label: value },
    ...{ repository: value, url: value, number: value },
  });
  return { previewFile: { text, name } };
}

/** @throws ParbakeError FILE_UNREADABLE, USAGE */
async function readSecrets(path: string): Promise<string[]> {
  const lines = (await readRequiredText(path)).split(/\r?\n/).filter((line) => line !== '');
  if (lines.length === 0 || lines.length > 2 || lines.some((line) => line.length < minSecret))
    throw new ParbakeError(
      'USAGE',
      `${path} must have one or two secrets, each on a line and with ${minSecret} characters at least`,
    );
  return lines;
}

/** @throws ParbakeError FILE_UNREADABLE, USAGE */
async function readToken(path: string): Promise<string> {
  const token = (await readRequiredText(path)).trim();
  // It becomes a part of a header.
  if (!/^[\x21-\x7e]{1,1000}$/.test(token)) throw new ParbakeError('USAGE', `${path} holds no token`);
  return token;
}
