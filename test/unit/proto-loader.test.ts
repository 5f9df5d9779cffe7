import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import description from '../../proto/gen/parbake.json' with { type: 'json' };
import { parbakeV1 } from '../../proto/wire/loader.ts';
import { loaderOptions } from '../../proto/wire/options.ts';
import { protoFiles, protoRoot } from '../../proto/wire/reflection.ts';

const byLibrary = loadSync(protoFiles, { ...loaderOptions, includeDirs: [protoRoot()] });
const root = protobuf.Root.fromJSON(description as protobuf.INamespace).resolveAll();
const names = [
  ...['AgentService', 'AssignmentService', 'AttestService', 'FleetService'],
  ...['ImageService', 'PoolService', 'PreviewService', 'RouteService'],
  ...['TelemetryService', 'TrustService'],
] as const;
const methods = names
  .map((name) => ({ name, service: parbakeV1(name)[name].service as unknown as ServiceDefinition }))
  .flatMap(({ name, service }) =>
    Object.entries(service).map(([method, ours]) => ({
      method: `${name}.${method}`,
      ours,
      library: (byLibrary[`parbake.v1.${name}`] as ServiceDefinition)[method],
      types: root.lookupService(`parbake.v1.${name}`).methods[method],
    })),
  );

/** A message with something in every field, as deep as it goes; of a oneof, one at a time. */
function filled(type: protobuf.Type, choice: number, depth = 0): Record<string, unknown> {
  if (depth > 4) return {};
  const chosen = type.oneofsArray.map(({ oneof }) => oneof[choice % oneof.length]);
  const fields = type.fieldsArray.filter((field) => field.partOf === null || chosen.includes(field.name));
  return Object.fromEntries(
    fields.map((field) => {
      const value = valueOf(field.resolve(), choice, depth);
      if (field instanceof protobuf.MapField) return [field.name, { key: value }];
      return [field.name, field.repeated ? [value, value] : value];
    }),
  );
}

function valueOf(field: protobuf.Field, choice: number, depth: number): unknown {
  if (field.resolvedType instanceof protobuf.Type) return filled(field.resolvedType, choice, depth + 1);
  if (field.resolvedType instanceof protobuf.Enum)
    return Object.keys(field.resolvedType.values).at(choice % 2 === 0 ? -1 : 1);
  if (field.type === 'string') return `text ${choice}`;
  if (field.type === 'bytes') return Buffer.from([0, 1, choice]);
  return field.type === 'bool' ? true : 7 + choice;
}

test('there are services with their methods', () => {
  expect(methods.map(({ method }) => method)).toEqual(
    expect.arrayContaining([
      'AgentService.Session',
      'AssignmentService.Assign',
      'TelemetryService.GetTimeline',
    ]),
  );
  const described = description.nested.parbake.nested.v1.nested;
  const services = Object.entries(described).filter(([, one]) => 'methods' in one);
  expect(services.map(([name]) => name).sort()).toEqual(names);
});

describe.each(methods)('$method', ({ ours, library, types }) => {
  test('is described as the library does', () => {
    const { path, requestStream, responseStream, originalName } = ours;
    expect(library).toMatchObject({ path, requestStream, responseStream, originalName });
  });

  test.each([0, 1, 2])('messages are the same on the wire and as objects (%d)', (choice) => {
    for (const [name, side] of [
      [types?.requestType, 'request'],
      [types?.responseType, 'response'],
    ] as const) {
      const type = root.lookupType(`parbake.v1.${name ?? ''}`);
      for (const message of [{}, filled(type, choice)]) {
        const bytes = ours[`${side}Serialize`](message);
        expect(bytes).toEqual(library?.[`${side}Serialize`](message));
        expect(ours[`${side}Deserialize`](bytes)).toEqual(library?.[`${side}Deserialize`](bytes));
      }
    }
  });
});
