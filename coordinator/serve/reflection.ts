import type { Server } from '@grpc/grpc-js';
import type { PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { protoPath as healthProto } from 'grpc-health-check';
import descriptor from 'protobufjs/ext/descriptor/index.js';
import { loadForReflection } from '../../proto/wire/reflection.ts';

type File = descriptor.IFileDescriptorProto;
type Message = descriptor.IDescriptorProto;

/**
 * Answers server reflection with descriptors that any client can resolve. The loader's own name types relative to where
 * they are used and leave out which file needs which, and their fields have JavaScript's names.
 */
export function addReflection(server: Server): void {
  new ReflectionService(resolvedDefinition(loadForReflection([healthProto]))).addToServer(server);
}

/** The same definition with every type named in full, and every file naming the files that it needs. */
export function resolvedDefinition(definition: PackageDefinition): PackageDefinition {
  const files = new Map<string, File>();
  for (const { fileDescriptorProtos } of Object.values(definition))
    if (Array.isArray(fileDescriptorProtos))
      for (const bytes of fileDescriptorProtos) {
        const file = descriptor.FileDescriptorProto.toObject(
          descriptor.FileDescriptorProto.decode(bytes),
        ) as File;
        if (file.package !== annotations) files.set(file.name ?? '', file);
      }
  for (const { messageType = [] } of files.values())
    for (const message of messageType) {
      nameMapEntries(message);
      endReservedRanges(message);
    }
  const owners = new Map<string, string>();
  for (const file of files.values()) for (const name of namesIn(file)) owners.set(name, file.name ?? '');
  for (const file of files.values()) resolveFile(file, owners);
  for (const file of files.values()) if (file.package === wellKnown) dropUnused(file, [...files.values()]);
  const encoded = [...files.values()].map((file) =>
    Buffer.from(
      descriptor.FileDescriptorProto.encode(descriptor.FileDescriptorProto.fromObject(file)).finish(),
    ),
  );
  const entries = Object.entries(definition).map(([name, entry]) => [
    name,
    Array.isArray(entry.fileDescriptorProtos) ? { ...entry, fileDescriptorProtos: encoded } : entry,
  ]);
  return Object.fromEntries(entries) as PackageDefinition;
}

/** Options for people and generators of clients; they bring the whole description of descriptors with them. */
const annotations = 'google.api';
const wellKnown = 'google.protobuf';

/** Leaves the types that fields of other files name, such as Duration and Timestamp. */
function dropUnused(file: File, all: readonly File[]): void {
  const messages = all.filter((other) => other !== file).flatMap(({ messageType = [] }) => messageType);
  const used = new Set(messages.flatMap(({ field = [] }) => field.map(({ typeName }) => typeName)));
  file.messageType = (file.messageType ?? []).filter(({ name }) => used.has(`.${wellKnown}.${name ?? ''}`));
  file.enumType = [];
}

/** A map's entries are a message whose name follows from the field's: `user_env` has `UserEnvEntry`. */
function nameMapEntries(message: Message): void {
  for (const nested of message.nestedType ?? []) {
    nameMapEntries(nested);
    if (nested.options?.mapEntry !== true) continue;
    const field = message.field?.find(({ typeName }) => typeName?.split('.').at(-1) === nested.name);
    const words = (field?.name ?? '').split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
    nested.name = `${words.join('')}Entry`;
    if (field !== undefined) field.typeName = nested.name;
  }
}

/** The loader gives the last number of a reserved range, and a message's descriptor has the one after it. */
function endReservedRanges(message: Message): void {
  for (const range of message.reservedRange ?? []) range.end = (range.end ?? 0) + 1;
  for (const nested of message.nestedType ?? []) endReservedRanges(nested);
}

/** Full names of every message and enum of a file. */
function namesIn({ package: scope = '', messageType = [], enumType = [] }: File): string[] {
  const inMessage = (message: Message, outer: string): string[] => {
    const own = `${outer}.${message.name ?? ''}`;
    return [
      own,
      ...(message.nestedType ?? []).flatMap((nested) => inMessage(nested, own)),
      ...(message.enumType ?? []).map(({ name }) => `${own}.${name ?? ''}`),
    ];
  };
  return [
    ...messageType.flatMap((message) => inMessage(message, scope)),
    ...enumType.map(({ name }) => `${scope}.${name ?? ''}`),
  ];
}

function resolveFile(file: File, owners: ReadonlyMap<string, string>): void {
  const needed = new Set<string>();
  const resolve = (name: string, scope: string): string => {
    const full = name.startsWith('.') ? name.slice(1) : nearest(name, scope, owners);
    const owner = owners.get(full);
    if (owner !== undefined && owner !== file.name) needed.add(owner);
    return `.${full}`;
  };
  const resolveMessage = (message: Message, outer: string): void => {
    const scope = `${outer}.${message.name ?? ''}`;
    for (const field of message.field ?? [])
      if (field.typeName !== undefined && field.typeName !== '')
        field.typeName = resolve(field.typeName, scope);
    for (const nested of message.nestedType ?? []) resolveMessage(nested, scope);
  };
  const scope = file.package ?? '';
  for (const message of file.messageType ?? []) resolveMessage(message, scope);
  for (const method of (file.service ?? []).flatMap((service) => service.method ?? [])) {
    method.inputType = resolve(method.inputType ?? '', scope);
    method.outputType = resolve(method.outputType ?? '', scope);
  }
  file.dependency = [...needed].sort();
  file.syntax = 'proto3';
}

/** A relative name means the type of that name in the nearest scope around. */
function nearest(name: string, scope: string, owners: ReadonlyMap<string, string>): string {
  for (let outer = scope; outer !== ''; outer = outer.slice(0, Math.max(0, outer.lastIndexOf('.')))) {
    const candidate = `${outer}.${name}`;
    if (owners.has(candidate)) return candidate;
  }
  return name;
}
