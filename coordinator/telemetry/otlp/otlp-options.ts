import { defined } from '../../../proto/errors/defined.ts';
import { ParbakeError } from '../../../proto/errors/errors.ts';

/** Where one signal goes, and how. */
export interface OtlpTarget {
  /** The whole address, with the signal's path, such as `http://127.0.0.1:4318/v1/traces`. */
  url: string;
  headers: Readonly<Record<string, string>>;
  /** The deadline of one request, in milliseconds. */
  timeoutMs: number;
  compression: 'none' | 'gzip';
  /** PEM. */
  tls: { ca?: Buffer; cert?: Buffer; key?: Buffer };
}

export interface OtlpTargets {
  traces?: OtlpTarget;
  metrics?: OtlpTarget;
  /** Time between two exports of metrics, in milliseconds. */
  intervalMs: number;
  /** Attributes of this process from the environment. */
  resource: Readonly<Record<string, string>>;
}

export interface OtlpOptions {
  /** `--otlp` */
  endpoint: string | undefined;
  /** `--otlp-headers`: a file with a `NAME: VALUE` in each line. */
  headersFile: string | undefined;
  /** `--otlp-ca`: a file. */
  caFile: string | undefined;
  /** `--otlp-interval`, in milliseconds. */
  intervalMs: number | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;
type ReadFile = (path: string) => Promise<Buffer>;

/** Milliseconds, as OpenTelemetry's specification has them. */
const otherwise = { timeout: 10_000, interval: 60_000 };
const paths = { TRACES: 'v1/traces', METRICS: 'v1/metrics' } as const;

/**
 * Our options come first, then the environment's variable for the signal, then the one for all signals, then the
 * specification's default. Headers are put together in that order.
 * @throws ParbakeError USAGE, FILE_UNREADABLE
 */
export async function otlpTargets(options: OtlpOptions, env: Env, readFile: ReadFile): Promise<OtlpTargets> {
  const { headersFile, caFile } = options;
  const headers =
    headersFile === undefined ? {} : headersOf((await readFile(headersFile)).toString(), headersFile);
  const ca = caFile === undefined ? undefined : await readFile(caFile);
  const target = async (signal: keyof typeof paths): Promise<OtlpTarget | undefined> => {
    const url = urlOf(signal, options.endpoint, env);
    if (url === undefined) return undefined;
    const tls = { ...(await tlsOf(signal, env, readFile)), ...defined({ ca }) };
    const common = {
      ...pairs(env['OTEL_EXPORTER_OTLP_HEADERS']),
      ...pairs(env[`OTEL_EXPORTER_OTLP_${signal}_HEADERS`]),
    };
    const timeoutMs = positive(
      `OTEL_EXPORTER_OTLP_TIMEOUT`,
      specific(env, signal, 'TIMEOUT') ?? String(otherwise.timeout),
    );
    return {
      url,
      headers: { ...common, ...headers },
      timeoutMs,
      compression: compressionOf(signal, env),
      tls,
    };
  };
  const [traces, metrics] = [await target('TRACES'), await target('METRICS')];
  return {
    ...defined({ traces, metrics }),
    intervalMs: options.intervalMs ?? intervalOf(env),
    resource: {
      ...pairs(env['OTEL_RESOURCE_ATTRIBUTES']),
      ...(isSet(env['OTEL_SERVICE_NAME']) ? { 'service.name': env['OTEL_SERVICE_NAME'] } : {}),
    },
  };
}

/** A URL that may be logged. */
export function withoutPassword(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

function urlOf(signal: keyof typeof paths, option: string | undefined, env: Env): string | undefined {
  if (isSet(option)) return sound('--otlp', joined(option, paths[signal]));
  const off = env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || env[`OTEL_${signal}_EXPORTER`] === 'none';
  const exact = env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`];
  const base = env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const [name, url] = isSet(exact)
    ? [`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, exact]
    : ['OTEL_EXPORTER_OTLP_ENDPOINT', isSet(base) ? joined(base, paths[signal]) : undefined];
  if (off || url === undefined) return undefined;
  const protocol = specific(env, signal, 'PROTOCOL');
  if (protocol === 'grpc')
    throw new ParbakeError('USAGE', `OTEL_EXPORTER_OTLP_PROTOCOL is grpc, but only OTLP over HTTP is spoken`);
  return sound(name, url);
}

/** @returns the value of the signal's own variable, else that of the one for all signals */
function specific(env: Env, signal: keyof typeof paths, name: string): string | undefined {
  return [env[`OTEL_EXPORTER_OTLP_${signal}_${name}`], env[`OTEL_EXPORTER_OTLP_${name}`]].find(isSet);
}

function joined(base: string, path: string): string {
  return `${base.replace(/\/+$/, '')}/${path}`;
}

function sound(name: string, url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new ParbakeError('USAGE', `${name} takes an http or https URL, not "${url}"`);
  return url;
}

async function tlsOf(signal: keyof typeof paths, env: Env, readFile: ReadFile): Promise<OtlpTarget['tls']> {
  const read = async (name: string): Promise<Buffer | undefined> => {
    const path = specific(env, signal, name);
    return path === undefined ? undefined : await readFile(path);
  };
  const [ca, cert, key] = await Promise.all(
    ['CERTIFICATE', 'CLIENT_CERTIFICATE', 'CLIENT_KEY'].map((name) => read(name)),
  );
  return {
    ...defined({ ca, cert, key }),
  };
}

function compressionOf(signal: keyof typeof paths, env: Env): 'none' | 'gzip' {
  const wanted = specific(env, signal, 'COMPRESSION') ?? 'none';
  if (wanted === 'none' || wanted === 'gzip') return wanted;
  throw new ParbakeError('USAGE', `OTEL_EXPORTER_OTLP_COMPRESSION takes none or gzip, not "${wanted}"`);
}

function intervalOf(env: Env): number {
  const wanted = env['OTEL_METRIC_EXPORT_INTERVAL'];
  return isSet(wanted) ? positive('OTEL_METRIC_EXPORT_INTERVAL', wanted) : otherwise.interval;
}

/** The longest time that a timer takes, in seconds. */
function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 2_000_000) return value;
  throw new ParbakeError('USAGE', `${name} takes a whole number from 1 to 2000000, not "${text}"`);
}

/** `NAME=VALUE,…` as OpenTelemetry's variables have it, percent-encoded; what is none is left out, as it says. */
function pairs(text = ''): Record<string, string> {
  return Object.fromEntries(
    text.split(',').flatMap((pair) => {
      const at = pair.indexOf('=');
      const name = pair.slice(0, Math.max(0, at)).trim();
      if (name === '') return [];
      const value = pair.slice(at + 1).trim();
      return [[name, decoded(value)]];
    }),
  );
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function headersOf(text: string, file: string): Record<string, string> {
  const lines = text.split('\n').map((line) => line.trim());
  return Object.fromEntries(
    lines
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const [, name, value] = /^([\w!#$%&'*+.^`|~-]+)\s*:\s*(.*)$/.exec(line) ?? [];
        // The line itself may hold a password.
        if (name === undefined || value === undefined)
          throw new ParbakeError('USAGE', `${file} has a line that is not NAME: VALUE`);
        return [name.toLowerCase(), value];
      }),
  );
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
