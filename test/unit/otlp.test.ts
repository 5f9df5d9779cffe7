import { AggregationTemporality, DataPointType } from '@opentelemetry/sdk-metrics';
import { describe, expect, test } from 'vitest';
import { metricData, type Period } from '../../coordinator/telemetry/otlp/metric-data.ts';
import {
  otlpTargets,
  withoutPassword,
  type OtlpOptions,
} from '../../coordinator/telemetry/otlp/otlp-options.ts';

const none: OtlpOptions = {
  endpoint: undefined,
  headersFile: undefined,
  caFile: undefined,
  intervalMs: undefined,
};

const files: Record<string, string> = {
  'headers.txt': '# of our own\nAuthorization: Bearer ours\n\nx-team:  blue\n',
  'bad.txt': 'Authorization Bearer secret\n',
  'ca.pem': 'a certificate',
};

async function read(path: string): Promise<Buffer> {
  return Buffer.from(files[path] ?? '');
}

const targets = async (options: Partial<OtlpOptions>, env: Record<string, string> = {}) =>
  await otlpTargets({ ...none, ...options }, env, read);

describe('where telemetry goes', () => {
  test('is nowhere unless somebody says so', async () => {
    expect(await targets({})).toEqual({ intervalMs: 60_000, resource: {} });
  });

  test('is what the option says, whatever the environment says', async () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://other:4318',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://traces:4318/x',
      OTEL_SDK_DISABLED: 'true',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    };
    const { traces, metrics } = await targets({ endpoint: 'http://ours:4318/' }, env);
    expect(traces?.url).toBe('http://ours:4318/v1/traces');
    expect(metrics?.url).toBe('http://ours:4318/v1/metrics');
  });

  test("of the environment's variables, the signal's own comes first and is taken as it is", async () => {
    const { traces, metrics } = await targets(
      {},
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://all:4318/base',
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://traces:9/in',
        OTEL_EXPORTER_OTLP_TIMEOUT: '2000',
        OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: '3000',
        OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      },
    );
    expect(traces).toMatchObject({ url: 'http://traces:9/in', timeoutMs: 2000, compression: 'gzip' });
    expect(metrics).toMatchObject({ url: 'http://all:4318/base/v1/metrics', timeoutMs: 3000 });
  });

  test('a signal can be turned off', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://all:4318', OTEL_METRICS_EXPORTER: 'none' };
    const { traces, metrics } = await targets({}, env);
    expect([traces?.url, metrics]).toEqual(['http://all:4318/v1/traces', undefined]);
    expect((await targets({}, { ...env, OTEL_SDK_DISABLED: 'TRUE' })).traces).toBeUndefined();
  });

  test('headers are put together, and ours come first', async () => {
    const env = {
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=theirs,a=1%202, broken ,b=%zz',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'a=traces',
    };
    const { traces, metrics } = await targets({ endpoint: 'http://c', headersFile: 'headers.txt' }, env);
    const ours = { authorization: 'Bearer ours', 'x-team': 'blue', b: '%zz' };
    expect(traces?.headers).toEqual({ ...ours, a: 'traces' });
    expect(metrics?.headers).toEqual({ ...ours, a: '1 2' });
  });

  test('certificates are read, and ours comes first', async () => {
    const env = { OTEL_EXPORTER_OTLP_CERTIFICATE: 'other.pem', OTEL_EXPORTER_OTLP_CLIENT_KEY: 'ca.pem' };
    const { traces } = await targets({ endpoint: 'https://c', caFile: 'ca.pem' }, env);
    expect(traces?.tls).toEqual({ ca: Buffer.from('a certificate'), key: Buffer.from('a certificate') });
  });

  test('the interval is the option, or the variable', async () => {
    const env = { OTEL_METRIC_EXPORT_INTERVAL: '1500' };
    expect((await targets({ intervalMs: 7000 }, env)).intervalMs).toBe(7000);
    expect((await targets({}, env)).intervalMs).toBe(1500);
  });

  test('this process is named by the environment', async () => {
    const env = { OTEL_RESOURCE_ATTRIBUTES: 'service.name=x,team=a%2Cb', OTEL_SERVICE_NAME: 'y' };
    expect((await targets({}, env)).resource).toEqual({ 'service.name': 'y', team: 'a,b' });
  });

  test.each([
    [{ endpoint: 'collector:4318' }, {}],
    [{ endpoint: 'ftp://collector' }, {}],
    [{}, { OTEL_EXPORTER_OTLP_ENDPOINT: 'nonsense' }],
    [{}, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }],
    [{}, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_TIMEOUT: '-1' }],
    [{}, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_COMPRESSION: 'zip' }],
  ])('%j with %j is refused', async (options, env) => {
    await expect(targets(options, env as Record<string, string>)).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('a header that is none is refused, and not repeated: it may be a password', async () => {
    const refused = await targets({ endpoint: 'http://c', headersFile: 'bad.txt' }).catch(
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({
      code: 'USAGE',
      message: expect.not.stringContaining('secret') as string,
    });
  });
});

test('a password in an address is not for the log', () => {
  expect(withoutPassword('https://user:secret@c.example:4318/v1/traces?key=secret')).toBe(
    'https://c.example:4318/v1/traces',
  );
});

describe('a metric for OpenTelemetry', () => {
  const period: Period = { startTime: [1_700_000_000, 0], endTime: [1_700_000_060, 500_000] };

  test('counts between two bounds what Prometheus counts up to each', () => {
    const entry = { type: 'histogram', help: 'h', unit: 's', labels: ['role'], buckets: [0.1, 1] } as const;
    const labels = { role: 'web' };
    const values = [
      { metricName: 'x_bucket', value: 2, labels: { ...labels, le: 0.1 } },
      { metricName: 'x_bucket', value: 5, labels: { ...labels, le: 1 } },
      { metricName: 'x_bucket', value: 6, labels: { ...labels, le: '+Inf' } },
      { metricName: 'x_sum', value: 9.5, labels },
      { metricName: 'x_count', value: 6, labels },
    ];
    const value = { buckets: { boundaries: [0.1, 1], counts: [2, 3, 1] }, sum: 9.5, count: 6 };
    expect(metricData({ name: 'x', entry, values }, period)).toMatchObject({
      descriptor: { name: 'x', description: 'h', unit: 's' },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: [{ ...period, attributes: labels, value }],
    });
  });

  test.each([
    ['gauge', { dataPointType: DataPointType.GAUGE }],
    ['counter', { dataPointType: DataPointType.SUM, isMonotonic: true }],
  ] as const)('a %s has a point for each combination of labels', (type, expected) => {
    const entry = { type, help: 'h', unit: '{x}', labels: ['state'] };
    const values = [
      { value: 3, labels: { state: 'READY' } },
      { value: 0, labels: { state: 'LOST' } },
    ];
    const data = metricData({ name: 'x', entry, values }, period);
    expect(data).toMatchObject({
      ...expected,
      dataPoints: values.map(({ value, labels }) => ({ ...period, value, attributes: labels })),
    });
  });
});
