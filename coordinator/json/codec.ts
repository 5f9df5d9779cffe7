import protobuf from 'protobufjs/light.js';
import description from '../../proto/gen/parbake.json' with { type: 'json' };
import { ParbakeError, type FieldViolation } from '../../proto/errors/errors.ts';
import { durationOf, isDuration, millisecondsOf, type ProtoTime } from '../../proto/wire/time.ts';

// Messages as JSON, by the rules of proto3: names in lowerCamelCase, enums by name, Timestamp and Duration as text, bytes as
// base64. https://protobuf.dev/programming-guides/json/

const duration = 'google.protobuf.Duration';
const timestamp = 'google.protobuf.Timestamp';

let root: protobuf.Root | undefined;

/** @param name of a message of parbake.v1 */
export function messageType(name: string): protobuf.Type {
  root ??= newRoot();
  return root.lookupType(`parbake.v1.${name}`);
}

function newRoot(): protobuf.Root {
  const { google, parbake } = description.nested;
  // Their types differ from message to message.
  const nested: Record<string, object> = parbake.nested.v1.nested;
  const made = protobuf.Root.fromJSON({ nested: { google, parbake: { nested: { v1: { nested } } } } });
  made.resolveAll();
  return made;
}

/**
 * Reads a request. Names may be in snake_case too; null is as if it were absent.
 * @returns what the loader's clients take
 * @throws ParbakeError REQUEST_INVALID with every field that is wrong or unknown
 */
export function fromJson(type: protobuf.Type, json: unknown): object {
  const violations: FieldViolation[] = [];
  const message = readMessage(type, json, '', violations);
  if (violations.length === 0) return message;
  const said = violations.slice(0, 3).map(({ field, description: text }) => `${field} ${text}`);
  throw new ParbakeError('REQUEST_INVALID', said.join('; '), { violations });
}

function readMessage(
  type: protobuf.Type,
  json: unknown,
  path: string,
  violations: FieldViolation[],
): Record<string, unknown> {
  const wrong = (field: string, text: string): void => void violations.push({ field, description: text });
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    wrong(path === '' ? 'the body' : path, 'is not a JSON object');
    return {};
  }
  const read: [string, unknown][] = [];
  for (const [given, value] of Object.entries(json)) {
    const name = given.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
    const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    const own = path === '' ? given : `${path}.${given}`;
    if (field === undefined) wrong(own, 'is unknown');
    else if (value !== null) read.push([name, readField(field, value, own, violations)]);
  }
  return Object.fromEntries(read);
}

function readField(
  field: protobuf.Field,
  value: unknown,
  path: string,
  violations: FieldViolation[],
): unknown {
  if (field.repeated) {
    if (Array.isArray(value))
      return value.map((each, index) => readValue(field, each, `${path}[${index}]`, violations));
    violations.push({ field: path, description: 'is not a JSON array' });
    return [];
  }
  if (!(field instanceof protobuf.MapField)) return readValue(field, value, path, violations);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    violations.push({ field: path, description: 'is not a JSON object' });
    return {};
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, readValue(field, each, `${path}.${key}`, violations)]),
  );
}

function readValue(
  field: protobuf.Field,
  value: unknown,
  path: string,
  violations: FieldViolation[],
): unknown {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Enum) {
    if (typeof value === 'string' && Object.hasOwn(resolvedType.values, value)) return value;
    violations.push({
      field: path,
      description: `is not one of ${Object.keys(resolvedType.values).join(', ')}`,
    });
    return 0;
  }
  if (resolvedType instanceof protobuf.Type) {
    if (resolvedType.fullName !== `.${duration}`) return readMessage(resolvedType, value, path, violations);
    const read = typeof value === 'string' ? durationIn(value) : undefined;
    if (read === undefined)
      violations.push({ field: path, description: 'is not a duration such as "3600s"' });
    return read ?? null;
  }
  const scalar = readScalar(field.type, value);
  if (scalar === undefined) violations.push({ field: path, description: `is not ${wantedOf(field.type)}` });
  return scalar;
}

function durationIn(text: string): ProtoTime | undefined {
  const [, seconds] = /^(-?\d{1,12}(?:\.\d{1,9})?)s$/.exec(text) ?? [];
  const read = seconds === undefined ? undefined : durationOf(Number(seconds) * 1000);
  return read !== undefined && isDuration(read) ? read : undefined;
}

/** @returns undefined for what the type does not take */
function readScalar(type: string, value: unknown): unknown {
  if (type === 'string') return typeof value === 'string' ? value : undefined;
  if (type === 'bool') return typeof value === 'boolean' ? value : undefined;
  if (type === 'bytes')
    return typeof value === 'string' && /^[\w+/-]*={0,2}$/.test(value)
      ? Buffer.from(value, 'base64')
      : undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  const isWhole = type !== 'double' && type !== 'float';
  if (typeof number !== 'number' || !(isWhole ? Number.isSafeInteger(number) : Number.isFinite(number)))
    return undefined;
  // What has more than 32 bits would be cut to them.
  if (/^(int|sint|sfixed)32$/.test(type) && number !== (number | 0)) return undefined;
  if (/^(uint|fixed)32$/.test(type) && number !== number >>> 0) return undefined;
  return number;
}

function wantedOf(type: string): string {
  if (type === 'string') return 'text';
  if (type === 'bool') return 'true or false';
  return type === 'bytes' ? 'base64' : 'a number';
}

/** @param message as the loader's clients give it. Fields that were not set and have no default are left out */
export function toJson(type: protobuf.Type, message: object): Record<string, unknown> {
  const values = new Map<string, unknown>(Object.entries(message));
  return Object.fromEntries(
    type.fieldsArray.flatMap((field) => {
      const value = values.get(field.name);
      return value === undefined || value === null ? [] : [[field.name, writeField(field, value)]];
    }),
  );
}

function writeField(field: protobuf.Field, value: unknown): unknown {
  if (field.repeated && Array.isArray(value)) return value.map((each) => writeValue(field, each));
  if (field instanceof protobuf.MapField && typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, writeValue(field, each)]));
  return writeValue(field, value);
}

function writeValue({ resolvedType, type }: protobuf.Field, value: unknown): unknown {
  if (resolvedType instanceof protobuf.Type && typeof value === 'object' && value !== null) {
    if (resolvedType.fullName === `.${duration}`) return durationText(value as ProtoTime);
    if (resolvedType.fullName === `.${timestamp}`)
      return new Date(millisecondsOf(value as ProtoTime)).toISOString();
    return toJson(resolvedType, value);
  }
  if (Buffer.isBuffer(value)) return value.toString('base64');
  // A 64-bit number may be one that JSON's readers cannot hold.
  return type.endsWith('64') ? String(value) : value;
}

/** As protobuf has it: `0.049s`. */
export function durationText({ seconds, nanos }: ProtoTime): string {
  const fraction = Math.abs(nanos).toString().padStart(9, '0').replace(/0+$/, '');
  const sign = seconds < 0 || nanos < 0 ? '-' : '';
  return `${sign}${Math.abs(seconds)}${fraction === '' ? '' : `.${fraction}`}s`;
}
