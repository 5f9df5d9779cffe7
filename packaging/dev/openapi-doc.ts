import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import protobuf from 'protobufjs';
import { operations, type Operation } from '../../coordinator/json/operations.ts';
import { packageVersion } from '../../proto/process/version.ts';

// Writes docs/openapi.json from the proto files, their comments and the gateway's table, or with --check compares it.

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const target = join(root, 'docs/openapi.json');

const files = new protobuf.Root();
files.resolvePath = (_, path) =>
  join(root, path.startsWith('google/protobuf/') ? 'node_modules/protobufjs' : 'proto', path);
const sources = readdirSync(join(root, 'proto/parbake/v1')).map((name) => `parbake/v1/${name}`);
files.loadSync(sources, { alternateCommentMode: true }).resolveAll();

/** Messages and enums that the operations reach, by name. */
const schemas = new Map<string, object>();

function schemaOf(type: protobuf.Type | protobuf.Enum): object {
  if (type.fullName === '.google.protobuf.Duration')
    return {
      type: 'string',
      pattern: '^-?[0-9]+(\\.[0-9]{1,9})?s$',
      description: 'Seconds, such as "3.5s".',
    };
  if (type.fullName === '.google.protobuf.Timestamp') return { type: 'string', format: 'date-time' };
  if (!schemas.has(type.name)) {
    // It may reach itself.
    schemas.set(type.name, {});
    schemas.set(type.name, type instanceof protobuf.Enum ? enumSchema(type) : messageSchema(type));
  }
  return { $ref: `#/components/schemas/${type.name}` };
}

function enumSchema(type: protobuf.Enum): object {
  const names = Object.keys(type.values);
  const said = names.map((name) => `- ${name}: ${text(type.comments[name] ?? '')}`);
  return { type: 'string', enum: names, description: `${text(type.comment ?? '')}\n\n${said.join('\n')}` };
}

/** @param without fields that are elsewhere in the call */
function messageSchema(type: protobuf.Type, without: readonly string[] = []): object {
  const fields = type.fieldsArray.filter(({ name }) => !without.includes(name));
  const required = fields.filter((field) => behaviourOf(field) === 'REQUIRED').map(({ name }) => name);
  return {
    type: 'object',
    description: text(type.comment ?? ''),
    properties: Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field)])),
    ...(required.length === 0 ? {} : { required }),
  };
}

function fieldSchema(field: protobuf.Field): object {
  const value = valueSchema(field);
  const description = text(field.comment ?? '');
  const readOnly = behaviourOf(field) === 'OUTPUT_ONLY' ? { readOnly: true } : {};
  if (field instanceof protobuf.MapField)
    return { type: 'object', additionalProperties: value, description, ...readOnly };
  if (field.repeated) return { type: 'array', items: value, description, ...readOnly };
  return { ...value, description, ...readOnly };
}

function valueSchema({ resolvedType, type }: protobuf.Field): object {
  if (resolvedType !== null) return schemaOf(resolvedType);
  if (type === 'string') return { type: 'string' };
  if (type === 'bool') return { type: 'boolean' };
  if (type === 'bytes') return { type: 'string', contentEncoding: 'base64' };
  return type.endsWith('64') ? { type: 'string', format: 'int64' } : { type: 'integer', format: 'int32' };
}

function behaviourOf(field: protobuf.Field): unknown {
  const value: unknown = field.options?.['(google.api.field_behavior)'];
  return value;
}

function text(comment: string): string {
  return comment.replaceAll(/(?<!\n)\n(?!\n)/g, ' ');
}

function operationObject({ rpc, query, hasBody, path }: Operation): object {
  const service = files.lookupService('parbake.v1.AssignmentService');
  const called = service.methods[rpc];
  if (called === undefined) throw new Error(`AssignmentService has no ${rpc}`);
  const request = files.lookupType(`parbake.v1.${called.requestType}`);
  const response = files.lookupType(`parbake.v1.${called.responseType}`);
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const parameter = (name: string, where: 'path' | 'query'): object => ({
    name,
    in: where,
    required: true,
    description: text(request.fields[name]?.comment ?? ''),
    schema: { type: 'string' },
  });
  const timeout = {
    name: 'Request-Timeout',
    in: 'header',
    description: 'Seconds to wait for an instance. Default: 60.',
    schema: { type: 'number', exclusiveMinimum: 0, maximum: 86_400 },
  };
  const [summary = '', errors = ''] = (called.comment ?? '').split(/\n+Errors: /);
  const parameters = [
    ...inPath.map((name) => parameter(name, 'path')),
    ...query.map((name) => parameter(name, 'query')),
    ...(rpc === 'Assign' ? [timeout] : []),
  ];
  return {
    operationId: `${rpc.slice(0, 1).toLowerCase()}${rpc.slice(1)}${query.length > 0 ? 'ByRequest' : ''}`,
    description: `${text(summary)}\n\nErrors: ${text(errors)}`,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(hasBody
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: messageSchema(request, inPath) } },
          },
        }
      : {}),
    responses: {
      200: {
        description: text(response.comment ?? ''),
        content: { 'application/json': { schema: schemaOf(response) } },
      },
      default: {
        description: 'What went wrong. Match the `reason` of the `google.rpc.ErrorInfo` in `details`.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Status' } } },
      },
    },
  };
}

const paths: Record<string, Record<string, object>> = {};
for (const operation of operations)
  (paths[operation.path] ??= {})[operation.method.toLowerCase()] = operationObject(operation);

schemas.set('Status', {
  type: 'object',
  description: 'google.rpc.Status',
  required: ['code', 'message', 'details'],
  properties: {
    code: { type: 'integer', description: 'A gRPC status code.' },
    message: { type: 'string', description: 'A sentence for people.' },
    details: {
      type: 'array',
      description: 'google.rpc.ErrorInfo, and BadRequest, RetryInfo and ResourceInfo where they fit.',
      items: { type: 'object', required: ['@type'], properties: { '@type': { type: 'string' } } },
    },
  },
});

const sorted = [...schemas].sort(([a], [b]) => (a < b ? -1 : 1));
const document = {
  openapi: '3.1.0',
  info: {
    title: 'Parbake',
    version: packageVersion(),
    description: 'Assignments as JSON over HTTP. See docs/http.md.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  security: [{ token: [] }],
  paths,
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: Object.fromEntries(sorted),
  },
};

const written = await format(JSON.stringify(document), { parser: 'json', printWidth: 110 });
if (!process.argv.includes('--check')) {
  writeFileSync(target, written);
} else if (readFileSync(target, 'utf8') !== written) {
  console.error('docs/openapi.json differs from proto/parbake/v1 (run "npm run generate")');
  process.exitCode = 1;
}
