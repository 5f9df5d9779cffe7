import { loadPackageDefinition, type MethodDefinition, type ServiceDefinition } from '@grpc/grpc-js';
import protobuf from 'protobufjs/light.js';
import type { ProtoGrpcType as AgentTypes } from '../gen/agent.ts';
import type { ProtoGrpcType as AssignmentTypes } from '../gen/assignment.ts';
import type { ProtoGrpcType as AttestTypes } from '../gen/attest.ts';
import type { ProtoGrpcType as FleetTypes } from '../gen/fleet.ts';
import type { ProtoGrpcType as ImageTypes } from '../gen/image.ts';
import type { ProtoGrpcType as PoolTypes } from '../gen/pool.ts';
import type { ProtoGrpcType as PreviewTypes } from '../gen/preview.ts';
import type { ProtoGrpcType as RouteTypes } from '../gen/route.ts';
import type { ProtoGrpcType as TelemetryTypes } from '../gen/telemetry.ts';
import description from '../gen/parbake.json' with { type: 'json' };
import { loaderOptions } from './options.ts';

type ParbakeTypes = AgentTypes &
  AssignmentTypes &
  AttestTypes &
  FleetTypes &
  ImageTypes &
  PoolTypes &
  PreviewTypes &
  RouteTypes &
  TelemetryTypes;
export type ParbakeV1 = ParbakeTypes['parbake']['v1'];

type ServiceName = {
  [K in keyof ParbakeV1]: ParbakeV1[K] extends { service: object } ? K : never;
}[keyof ParbakeV1];

const loaded = new Map<string, unknown>();

/**
 * The typed client constructors and service definitions of parbake.v1, made from the description that is generated with
 * their types: an agent is there for one start, and reading the files again took a third of it. What only reflection needs
 * is in `reflection.ts`.
 * @param names of the services; only what these need is made, once for each list of names
 */
export function parbakeV1<K extends ServiceName>(...names: K[]): Pick<ParbakeV1, K> {
  const key = names.join();
  const known = loaded.get(key) ?? make(names);
  loaded.set(key, known);
  return known as Pick<ParbakeV1, K>;
}

function make(names: readonly string[]): unknown {
  const root = protobuf.Root.fromJSON(neededBy(names));
  const definitions = servicesIn(root.lookup('parbake.v1', [protobuf.Namespace])).map((service) => [
    service.fullName.slice(1),
    definitionOf(service),
  ]);
  const made = loadPackageDefinition(Object.fromEntries(definitions) as Record<string, ServiceDefinition>);
  return (made as unknown as ParbakeTypes).parbake.v1;
}

/** The description without what these services do not reach: to resolve the names of all of it takes three times as long. */
function neededBy(names: readonly string[]): protobuf.INamespace {
  const { google, parbake } = description.nested;
  const all: Record<string, object> = parbake.nested.v1.nested;
  const needed: Record<string, object> = {};
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const found = all[name];
    if (found === undefined || needed[name] !== undefined) continue;
    needed[name] = found;
    const { methods = {}, fields = {} } = found as Partial<protobuf.IType & protobuf.IService>;
    for (const { requestType, responseType } of Object.values(methods))
      waiting.push(requestType, responseType);
    for (const { type } of Object.values(fields)) waiting.push(type);
  }
  return {
    nested: {
      google,
      parbake: { nested: { v1: { nested: needed } } },
    },
  };
}

function servicesIn(namespace: protobuf.ReflectionObject | null): protobuf.Service[] {
  const nested = namespace instanceof protobuf.Namespace ? namespace.nestedArray : [];
  return nested.filter((one) => one instanceof protobuf.Service);
}

function definitionOf(service: protobuf.Service): ServiceDefinition {
  const methods = service.methodsArray.map((method): [string, MethodDefinition<object, object>] => {
    const { name, requestType, responseType, requestStream = false, responseStream = false } = method;
    const [request, response] = [codec(service, requestType), codec(service, responseType)];
    return [
      name,
      {
        path: `/${service.fullName.slice(1)}/${name}`,
        requestStream,
        responseStream,
        requestSerialize: request.serialize,
        requestDeserialize: request.deserialize,
        responseSerialize: response.serialize,
        responseDeserialize: response.deserialize,
        originalName: `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`,
      },
    ];
  });
  return Object.fromEntries(methods);
}

/** Between a message on the wire and an object; its code is made at its first use. */
function codec(service: protobuf.Service, typeName: string) {
  let known: protobuf.Type | undefined;
  const type = (): protobuf.Type => (known ??= service.lookupType(typeName));
  return {
    // What the writer makes here is a Buffer, though its types know arrays only.
    serialize: (message: object): Buffer => type().encode(type().fromObject(message)).finish() as Buffer,
    deserialize: (bytes: Buffer): object => type().toObject(type().decode(bytes), loaderOptions),
  };
}
