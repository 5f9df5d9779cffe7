import type { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import type { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { OtlpTarget } from './otlp-options.ts';

/** What both exporters take. */
type ExporterOptions = NonNullable<
  ConstructorParameters<typeof OTLPTraceExporter>[0] & ConstructorParameters<typeof OTLPMetricExporter>[0]
>;

export function exporterOptions({ url, headers, timeoutMs, compression, tls }: OtlpTarget): ExporterOptions {
  return {
    url,
    headers: { ...headers },
    timeoutMillis: timeoutMs,
    // The library's own enumeration has these very words.
    compression: compression as NonNullable<ExporterOptions['compression']>,
    httpAgentOptions: { keepAlive: true, ...tls },
  };
}
