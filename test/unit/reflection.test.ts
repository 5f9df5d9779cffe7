import { protoPath as healthProto } from 'grpc-health-check';
import descriptor from 'protobufjs/ext/descriptor/index.js';
import { expect, test } from 'vitest';
import { resolvedDefinition } from '../../coordinator/serve/reflection.ts';
import { loadForReflection } from '../../proto/wire/reflection.ts';

/** As a client that builds types out of descriptors reads them, file by file. */
function reflectedFiles() {
  const definition = resolvedDefinition(loadForReflection([healthProto]));
  const files = new Map<string, descriptor.IFileDescriptorProto>();
  for (const { fileDescriptorProtos } of Object.values(definition))
    if (Array.isArray(fileDescriptorProtos))
      for (const bytes of fileDescriptorProtos) {
        const file = descriptor.FileDescriptorProto.decode(
          bytes,
        ) as unknown as descriptor.IFileDescriptorProto;
        files.set(file.name ?? '', file);
      }
  return [...files.values()];
}

test('reflected types can be resolved: named in full, in a file that is named as a dependency', () => {
  const files = reflectedFiles();
  expect(files.map((file) => file.package ?? '').sort()).toEqual([
    'google.protobuf',
    'grpc.health.v1',
    'parbake.v1',
  ]);
  const ours = files.find((file) => file.package === 'parbake.v1');
  const google = files.find((file) => file.package === 'google.protobuf');
  expect(ours?.dependency).toContain(google?.name);
  expect(google?.messageType?.map(({ name }) => name)).toEqual(['Duration', 'Timestamp']);
  expect(google?.enumType).toEqual([]);
  const checkIn = ours?.messageType?.find(({ name }) => name === 'CheckInResponse');
  expect(checkIn?.field?.map(({ name, typeName }) => [name, typeName]).slice(0, 3)).toEqual([
    ['session_id', ''],
    ['heartbeat_interval', '.google.protobuf.Duration'],
    ['receive_time', '.google.protobuf.Timestamp'],
  ]);
  const names = files.flatMap((file) => (file.messageType ?? []).flatMap(({ field }) => field ?? []));
  const relative = names.filter(({ typeName }) => typeName !== '' && !(typeName ?? '').startsWith('.'));
  expect(relative).toEqual([]);
});

test('the entries of a map are named as every client expects', () => {
  const order = reflectedFiles()
    .flatMap((file) => file.messageType ?? [])
    .find(({ name }) => name === 'Order');
  expect(order?.field?.find(({ name }) => name === 'env')?.typeName).toBe('.parbake.v1.Order.EnvEntry');
  expect(order?.nestedType?.map(({ name }) => name)).toEqual(['EnvEntry', 'FilesEntry']);
});

test('a reserved field is a range that ends after it', () => {
  const checkIn = reflectedFiles()
    .flatMap((file) => file.messageType ?? [])
    .find(({ name }) => name === 'CheckInResponse');
  expect(checkIn?.reservedRange).toMatchObject([{ start: 3, end: 4 }]);
});
