import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

type Attributes = { key: string; value: { stringValue?: string; intValue?: number | string } }[];

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  traceState?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Attributes;
  events?: { name: string }[];
  status?: { code?: number; message?: string };
}

interface NumberPoint {
  attributes?: Attributes;
  asDouble: number;
  startTimeUnixNano?: string;
}

export interface OtlpMetric {
  name: string;
  unit?: string;
  description?: string;
  gauge?: { dataPoints: NumberPoint[] };
  sum?: { aggregationTemporality: number; isMonotonic: boolean; dataPoints: NumberPoint[] };
  histogram?: {
    aggregationTemporality: number;
    dataPoints: {
      attributes?: Attributes;
      count: string;
      sum: number;
      bucketCounts: string[];
      explicitBounds: number[];
    }[];
  };
}

interface Resource {
  attributes: { key: string; value: { stringValue?: string } }[];
}

interface OtlpRequest {
  resourceSpans?: { resource: Resource; scopeSpans: { spans: OtlpSpan[] }[] }[];
  resourceMetrics?: { resource: Resource; scopeMetrics: { metrics: OtlpMetric[] }[] }[];
}

export type ReceivedSpan = OtlpSpan & { resource: Record<string, string | undefined> };
export type ReceivedMetric = OtlpMetric & { resource: Record<string, string | undefined> };

/** The end of the line: takes OTLP over HTTP in its JSON encoding, from the coordinator or from a collector. */
export class OtlpSink {
  readonly spans: ReceivedSpan[] = [];
  /** Metrics of the newest export, by name. */
  readonly metrics = new Map<string, ReceivedMetric>();
  answer: (response: ServerResponse) => void = (response) => response.end('{}');
  requests = 0;
  headers: IncomingHttpHeaders = {};
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.requests += 1;
        this.headers = request.headers;
        const body = Buffer.concat(chunks);
        const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
        this.#take(JSON.parse(text.toString()) as OtlpRequest);
        this.answer(response);
      });
    });
  }

  #take({ resourceSpans = [], resourceMetrics = [] }: OtlpRequest): void {
    for (const { resource, scopeSpans } of resourceSpans)
      for (const { spans } of scopeSpans)
        this.spans.push(...spans.map((span) => ({ ...span, resource: named(resource) })));
    for (const { resource, scopeMetrics } of resourceMetrics)
      for (const { metrics } of scopeMetrics)
        for (const metric of metrics) this.metrics.set(metric.name, { ...metric, resource: named(resource) });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

function named({ attributes }: Resource): Record<string, string | undefined> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]));
}
