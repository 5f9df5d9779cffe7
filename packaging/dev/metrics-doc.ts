import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalogue, type MetricEntry } from '../../coordinator/telemetry/catalogue.ts';

const file = join(dirname(fileURLToPath(import.meta.url)), '../../docs/metrics.md');
const rows = Object.entries(catalogue).map(([name, { type, unit, labels, help }]: [string, MetricEntry]) => {
  const named = labels.map((label) => `\`${label}\``).join(', ');
  return `| \`${name}\` | ${type} | \`${unit}\` | ${named} | ${help} |`;
});
const text = `# Metrics

What the coordinator's \`/metrics\` answers (\`serve --http ADDRESS\`), in Prometheus' text format, and what it sends to an
OpenTelemetry collector (\`serve --otlp URL\`, see [opentelemetry.md](opentelemetry.md)) by the same names. No label has an
instance's id or a user; of labels that people choose, the first hundred values have their own name and the rest are
\`other\`. Instances one by one are in \`parbake show\` and on the page. An example dashboard is in
[packaging/grafana](../packaging/grafana), alert rules are in [packaging/prometheus](../packaging/prometheus). This page
is made from \`coordinator/telemetry/catalogue.ts\` by \`npm run generate\`.

| metric | type | unit | labels | what |
|---|---|---|---|---|
${rows.join('\n')}
`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/metrics.md differs from coordinator/telemetry/catalogue.ts (run "npm run generate")');
  process.exitCode = 1;
}
