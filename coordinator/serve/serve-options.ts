import { parseOptions } from '../../proto/process/arguments.ts';
import { withEnvironment } from '../../proto/process/environment.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { readRequired } from '../../proto/process/required-file.ts';
import { listenerCredentials, type TlsFiles } from '../../proto/wire/channel.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { readTls } from '../../proto/wire/tls-files.ts';
import { defaultRetentionDays, retentionOf } from '../core/retention.ts';
import { otlpTargets } from '../telemetry/otlp/otlp-options.ts';
import type { Listener } from './server.ts';

/** Bytes: an empty store and some instances fit. */
const minBytes = 16 * 1024 ** 2;

export const serveHelp = `
Usage: parbake-coordinator serve [options]

Serves agents, callers and operators over gRPC until SIGTERM. Plaintext is accepted on loopback addresses and Unix
sockets only; every client of a TLS listener needs a certificate signed by --tls-ca.

Options (also from the environment: PARBAKE_TLS_LISTEN is --tls-listen, and so on; separate several values with spaces):
  --listen ADDRESS        host:port or unix:PATH, in plaintext; may be repeated (default 127.0.0.1:7443)
  --tls-listen ADDRESS    host:port, with TLS; may be repeated
  --tls-ca FILE           certificates that sign clients' certificates (PEM)
  --tls-cert FILE         the coordinator's certificate (PEM)
  --tls-key FILE          its key (PEM)
  --http ADDRESS          host:port of a loopback address for the page, /metrics and /healthz, in plaintext
  --https ADDRESS         the same with TLS; every client needs a certificate signed by --tls-ca
  --allow-plaintext-http  --http may be any address, and whoever reaches it may read everything: for a container whose
                          port is published to a trusted network only
  --otlp URL              an OpenTelemetry collector that takes OTLP over HTTP, such as http://127.0.0.1:4318; gets every
                          instance's timeline as traces, and the metrics (from OTEL_* variables where this and the
                          options that follow do not say; docs/opentelemetry.md)
  --otlp-headers FILE     sent along, a NAME: VALUE in each line
  --otlp-ca FILE          certificates that sign the collector's (PEM)
  --otlp-interval SECONDS between two exports of metrics (default 60)
  --store sqlite:PATH     where everything is kept (default sqlite:parbake.db)
  --region REGION         look instances up in EC2 and tag them with their user; credentials come from where AWS's
                          own tools take them (ec2:DescribeInstances, ec2:CreateTags, ec2:DeleteTags)
  --keep-days DAYS        how long what instances reported, and instances that are over or silent, are kept (default
                          ${defaultRetentionDays})
  --keep-bytes SIZE       what the store may hold, such as 500M or 20G: when it is more, the oldest goes sooner (default:
                          no limit; docs/retention.md)
  --dev                   answer server reflection

Example:
  parbake-coordinator serve --store sqlite:/var/lib/parbake/coordinator.db --dev
`;

const options = {
  listen: { type: 'string', multiple: true },
  'tls-listen': { type: 'string', multiple: true, default: [] as string[] },
  'tls-ca': { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  http: { type: 'string' },
  https: { type: 'string' },
  'allow-plaintext-http': { type: 'boolean', default: false },
  otlp: { type: 'string' },
  'otlp-headers': { type: 'string' },
  'otlp-ca': { type: 'string' },
  'otlp-interval': { type: 'string' },
  store: { type: 'string', default: 'sqlite:parbake.db' },
  region: { type: 'string' },
  'keep-days': { type: 'string', default: String(defaultRetentionDays) },
  'keep-bytes': { type: 'string' },
  dev: { type: 'boolean', default: false },
} as const;

/** Where the page is served. */
export interface WebListener {
  address: string;
  tls: TlsFiles | undefined;
  /** Plaintext on any address, as the operator asked for. */
  isPlaintextAllowed: boolean;
}

/** Checks everything before anything listens. @throws ParbakeError USAGE, FILE_UNREADABLE, TLS_INVALID, INSECURE_ADDRESS */
export async function readServeOptions(args: string[], env: CommandContext['env']) {
  const { values, positionals } = parseOptions(
    'parbake-coordinator serve',
    args,
    withEnvironment(options, env),
  );
  if (positionals.length > 0) throw new ParbakeError('USAGE', `serve takes no "${positionals[0] ?? ''}"`);
  const { 'tls-ca': ca, 'tls-cert': certificate, 'tls-key': key } = values;
  const isTls = values['tls-listen'].length > 0 || values.https !== undefined;
  if (isTls && (ca === undefined || certificate === undefined || key === undefined))
    throw new ParbakeError(
      'INSECURE_ADDRESS',
      '--tls-listen and --https need --tls-ca, --tls-cert and --tls-key',
    );
  if (!isTls && (ca ?? certificate ?? key) !== undefined)
    throw new ParbakeError(
      'USAGE',
      '--tls-ca, --tls-cert and --tls-key are for --tls-listen and --https: give one',
    );
  const isPlaintextAllowed = values['allow-plaintext-http'];
  if (values.http !== undefined && !isPlaintextAllowed) listenerCredentials(values.http, undefined);
  const tls = isTls ? await readTls({ ca, certificate, key }) : undefined;
  const plain = values.listen ?? ['127.0.0.1:7443'];
  const listeners: Listener[] = [
    ...plain.map((address) => ({ address, credentials: listenerCredentials(address, undefined) })),
    ...values['tls-listen'].map((address) => ({ address, credentials: listenerCredentials(address, tls) })),
  ];
  const path = /^sqlite:(.+)$/.exec(values.store)?.[1];
  if (path === undefined) throw new ParbakeError('USAGE', `--store takes sqlite:PATH, not "${values.store}"`);
  const pages: WebListener[] = [
    { address: values.http, tls: undefined, isPlaintextAllowed },
    { address: values.https, tls, isPlaintextAllowed: false },
  ].flatMap(({ address, ...page }) => (address === undefined ? [] : [{ address, ...page }]));
  const otlp = await otlpTargets(
    {
      ...{ endpoint: values.otlp, headersFile: values['otlp-headers'] },
      ...{ caFile: values['otlp-ca'], interval: values['otlp-interval'] },
    },
    env,
    readRequired,
  );
  const keepBytes = values['keep-bytes'] === undefined ? {} : { keepBytes: bytesOf(values['keep-bytes']) };
  return {
    listeners,
    pages,
    otlp,
    store: values.store,
    storePath: path,
    region: values.region,
    keep: { retention: retentionOf(keepDays(values['keep-days'])), ...keepBytes },
    reflection: values.dev,
  };
}

/** @throws ParbakeError USAGE */
function keepDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 3650)
    throw new ParbakeError('USAGE', `--keep-days takes whole days from 1 to 3650, not "${text}"`);
  return days;
}

/** @throws ParbakeError USAGE */
function bytesOf(text: string): number {
  const [, count, unit = ''] = /^(\d{1,9})([kMGT]?)(?:i?B)?$/.exec(text) ?? [];
  const bytes = Number(count) * 1024 ** ' kMGT'.indexOf(unit === '' ? ' ' : unit);
  if (count === undefined || bytes < minBytes)
    throw new ParbakeError('USAGE', `--keep-bytes takes a size from 16M, such as 500M or 20G, not "${text}"`);
  return bytes;
}
