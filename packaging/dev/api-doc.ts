import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import { catalogue } from '../../proto/errors/catalogue.ts';
import { isErrorCode } from '../../proto/errors/errors.ts';
import { deadlines } from '../../proto/wire/deadlines.ts';
import { errorDomain } from '../../proto/wire/status.ts';

// Writes docs/api.md from the proto files, their comments and the error catalogue, or with --check compares it.

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const target = join(root, 'docs/api.md');
const seconds = (ms: number): string => `${ms / 1000} s`;

const conventions = `# The API

The coordinator serves these services over gRPC. The proto files in [proto/parbake/v1](../proto/parbake/v1) are the
contract; with [proto/google](../proto/google) beside them they compile alone, in every language:

\`\`\`sh
python3 -m grpc_tools.protoc -I proto --python_out=. --grpc_python_out=. proto/parbake/v1/*.proto
\`\`\`

This page is made from the proto files by \`npm run generate\`.

## Conventions

### Errors
A failed call has a gRPC status and, in the metadata key \`grpc-status-details-bin\`, a \`google.rpc.Status\`, which the gRPC
libraries of most languages decode. Its details are:

| detail | when | what it says |
|---|---|---|
| \`ErrorInfo\` | always | \`reason\` is a stable code of [errors.md](errors.md), \`domain\` is \`${errorDomain}\`, \`metadata\` has the values that the message mentions |
| \`BadRequest\` | a request is invalid | every wrong field, with its path: \`facts.kernel\`, \`roles[0].name\` |
| \`RetryInfo\` | the same call may succeed later | how long to wait first |
| \`ResourceInfo\` | something does not exist | its type, such as \`parbake.v1.Assignment\`, and its name |

Match the \`reason\`, never the message. In messages, the same two parts are the fields \`reason\` and \`message\`. Any call
can also fail with \`INTERNAL\`, which is a defect.

### Retries
\`Assign\` is safe to retry with the same \`request_id\`, whatever happened to the earlier call. All other calls can be
repeated as they are. Wait as long as \`RetryInfo\` says, or back off exponentially.

### Deadlines
Set a deadline for every unary call. ${seconds(deadlines.read)} fit all of them except \`Assign\`, which waits for an
instance: without a deadline of the caller it answers after ${seconds(deadlines.assign)}. Streams have none: cancel them.

### Pages
\`List…\` calls and \`GetTimeline\` answer in pages. Pass \`next_page_token\` as \`page_token\`, with all other fields unchanged,
until it is empty. A \`page_size\` of 0 means the default, a larger one than the maximum means the maximum, and a negative
one is refused with REQUEST_INVALID. Tokens are opaque.

### Values
Points in time are \`google.protobuf.Timestamp\`, lengths of time are \`google.protobuf.Duration\`; only spans have nanoseconds
since the Unix epoch. The zero value of every enum is \`…_UNSPECIFIED\`. The coordinator refuses enum values that it does not
know with REQUEST_INVALID; a client should treat a value that it does not know like \`…_UNSPECIFIED\`, since later versions
add some. Empty text and 0 mean *not set*, except where a field is \`optional\`.

*Required*, *optional* and *output only* are \`google.api.field_behavior\`: the coordinator sets output-only fields, and
ignores them in requests.

### Health and reflection
\`grpc.health.v1.Health\` knows each service by its full name and the coordinator as a whole by the empty name. They become
NOT_SERVING when the coordinator shuts down. While the store takes no changes, the coordinator as a whole, AgentService and
AssignmentService are NOT_SERVING; the other services read, and go on. \`serve --dev\` also answers server reflection.
`;

const files = new protobuf.Root();
files.resolvePath = (_, path) =>
  join(root, path.startsWith('google/protobuf/') ? 'node_modules/protobufjs' : 'proto', path);
const sources = readdirSync(join(root, 'proto/parbake/v1')).map((name) => `parbake/v1/${name}`);
files.loadSync(sources, { keepCase: true, alternateCommentMode: true }).resolveAll();
const v1 = files.lookup('parbake.v1', [protobuf.Namespace]);
const all = v1 instanceof protobuf.Namespace ? v1.nestedArray : [];
const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
const services = all.filter((one) => one instanceof protobuf.Service).sort(byName);
const messages = all.filter((one) => one instanceof protobuf.Type).sort(byName);
const enums = all.filter((one) => one instanceof protobuf.Enum).sort(byName);

function serviceText(service: protobuf.Service): string {
  const methods = service.methodsArray.map((method) => methodText(service, method));
  return `## ${service.name}\n\n${commentOf(service)}\n\n${methods.join('\n')}`;
}

function methodText(service: protobuf.Service, method: protobuf.Method): string {
  const { name, requestStream, responseStream, requestType, responseType } = method;
  const [text = '', codes = ''] = commentOf(method).split(/\n+Errors: /);
  if (!/\bdeadline\b/i.test(text)) throw new Error(`the comment of ${name} does not name a deadline`);
  const request = `${requestStream ? 'stream of ' : ''}${linkTo(requestType)}`;
  const response = `${responseStream ? 'stream of ' : ''}${linkTo(responseType)}`;
  const errors = codes
    .replace(/\.\s*$/, '')
    .split(/,\s*/)
    .map((code) => errorText(`${service.name}.${name}`, code));
  return `### ${service.name}.${name}\n\n${request} → ${response}\n\n${text}\n\nErrors: ${errors.join(', ')}\n`;
}

function errorText(method: string, code: string): string {
  if (!isErrorCode(code))
    throw new Error(`${method} names the error "${code}", which the catalogue does not have`);
  return `\`${code}\` (${catalogue[code].grpc})`;
}

function messageText(message: protobuf.Type): string {
  const rows = message.fieldsArray.map((field) => {
    const parts =
      field.partOf === null || field.partOf.name.startsWith('_') ? '' : ` One of \`${field.partOf.name}\`.`;
    return `| \`${field.name}\` | ${typeText(field)} | ${behaviour(field)} | ${cell(commentOf(field))}${parts} |`;
  });
  const table =
    rows.length === 0 ? '' : `| field | type | | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  return `### ${message.name}\n\n${commentOf(message)}\n\n${table}`;
}

function typeText(field: protobuf.Field): string {
  const type = linkTo(field.type);
  if (field instanceof protobuf.MapField) return `map from ${field.keyType} to ${type}`;
  if (field.repeated) return `list of ${type}`;
  return field.partOf?.name.startsWith('_') === true ? `optional ${type}` : type;
}

function behaviour(field: protobuf.Field): string {
  const value: unknown = field.options?.['(google.api.field_behavior)'];
  return typeof value === 'string' ? `*${value.toLowerCase().replace('_', ' ')}*` : '';
}

function enumText(one: protobuf.Enum): string {
  const rows = Object.entries(one.values).map(
    ([name, number]) => `| \`${name}\` | ${number} | ${cell(one.comments[name] ?? '')} |`,
  );
  return `### ${one.name}\n\n${commentOf(one)}\n\n| value | number | meaning |\n|---|---|---|\n${rows.join('\n')}\n`;
}

function linkTo(type: string): string {
  const name = type.replace(/^\.?parbake\.v1\./, '');
  return all.some((one) => one.name === name) ? `[${name}](#${name.toLowerCase()})` : `\`${name}\``;
}

function cell(text: string): string {
  return text.replaceAll('\n', ' ').replaceAll('|', '\\|');
}

/** @throws when there is none: the page is only as good as the comments */
function commentOf(one: protobuf.ReflectionObject): string {
  if (one.comment === null || one.comment === '') throw new Error(`${one.fullName} has no comment`);
  return one.comment;
}

const text = `${conventions}
${services.map(serviceText).join('\n')}
## Messages

${messages.map(messageText).join('\n')}
## Enums

${enums.map(enumText).join('\n')}`;

if (!process.argv.includes('--check')) {
  writeFileSync(target, text);
} else if (readFileSync(target, 'utf8') !== text) {
  console.error('docs/api.md differs from proto/parbake/v1 (run "npm run generate")');
  process.exitCode = 1;
}
