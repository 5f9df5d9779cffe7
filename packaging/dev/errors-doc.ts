import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalogue } from '../../proto/errors/catalogue.ts';

const file = join(dirname(fileURLToPath(import.meta.url)), '../../docs/errors.md');
const rows = Object.entries(catalogue).map(
  ([code, { grpc, retryable, exit, action }]) =>
    `| \`${code}\` | ${grpc} | ${exit} | ${retryable ? 'yes' : 'no'} | ${action} |`,
);
const text = `# Errors

Every error that Parbake can name. A code is stable: scripts and callers may match it. Over gRPC it is the reason of a
\`google.rpc.ErrorInfo\` with the domain \`parbake.dev\`, see [the API](api.md#errors); on a command line it stands in
brackets behind the message, and in \`--json\` output as \`error.code\`. This page is made from \`proto/errors/catalogue.ts\` by \`npm run generate\`.

| code | gRPC status | exit code | can succeed later by itself | what to do |
|---|---|---|---|---|
${rows.join('\n')}
`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/errors.md differs from proto/errors/catalogue.ts (run "npm run generate")');
  process.exitCode = 1;
}
