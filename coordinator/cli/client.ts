import { clientCredentials, clientOptions, type TlsFiles } from '../../proto/wire/channel.ts';
import { ParbakeError, toParbakeError } from '../../proto/errors/errors.ts';
import type {
  AssignmentServiceDefinition,
  AssignmentServiceHandlers,
} from '../../proto/gen/parbake/v1/AssignmentService.ts';
import type {
  FleetServiceDefinition,
  FleetServiceHandlers,
} from '../../proto/gen/parbake/v1/FleetService.ts';
import type {
  TelemetryServiceDefinition,
  TelemetryServiceHandlers,
} from '../../proto/gen/parbake/v1/TelemetryService.ts';
import { parbakeV1 } from '../../proto/wire/loader.ts';
import { promiseClient } from '../../proto/wire/promise-client.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { readTls } from '../../proto/wire/tls-files.ts';

/** Options that every command of the operator takes. */
export const connectionOptions = {
  coordinator: { type: 'string' },
  'tls-ca': { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export const connectionHelp = `  --coordinator ADDRESS   host:port or unix:PATH (default: PARBAKE_COORDINATOR, then 127.0.0.1:7443)
  --tls-ca FILE, --tls-cert FILE, --tls-key FILE
                          the coordinator's CA, your certificate and key (PEM)
  --json                  print one JSON document`;

type ConnectionValues = Partial<Record<'coordinator' | 'tls-ca' | 'tls-cert' | 'tls-key', string>>;

/** The API's services, whose calls are promises and async iterables. */
export type Clients = ReturnType<typeof openClients>;

/** Opens the API's clients for `work`, and closes them after it. */
export async function withCoordinator<T>(
  values: ConnectionValues,
  { env }: CommandContext,
  work: (clients: Clients) => Promise<T>,
): Promise<T> {
  const address = values.coordinator ?? env['PARBAKE_COORDINATOR'] ?? '127.0.0.1:7443';
  const { 'tls-ca': ca, 'tls-cert': certificate, 'tls-key': key } = values;
  const clients = openClients(address, await readTls({ ca, certificate, key }));
  try {
    return await work(clients);
  } catch (cause) {
    const error = toParbakeError(cause);
    if (error.code !== 'COORDINATOR_UNREACHABLE') throw error;
    throw new ParbakeError(error.code, `no coordinator answers at ${address}: ${error.message}`, { cause });
  } finally {
    clients.assignments.close();
    clients.fleet.close();
    clients.telemetry.close();
  }
}

function openClients(address: string, tls: TlsFiles | undefined) {
  const { AssignmentService, FleetService, TelemetryService } = parbakeV1(
    'AssignmentService',
    'FleetService',
    'TelemetryService',
  );
  const credentials = clientCredentials(address, tls);
  const options = clientOptions(address);
  return {
    assignments: promiseClient<AssignmentServiceDefinition, AssignmentServiceHandlers>(
      new AssignmentService(address, credentials, options),
      AssignmentService.service,
    ),
    fleet: promiseClient<FleetServiceDefinition, FleetServiceHandlers>(
      new FleetService(address, credentials, options),
      FleetService.service,
    ),
    telemetry: promiseClient<TelemetryServiceDefinition, TelemetryServiceHandlers>(
      new TelemetryService(address, credentials, options),
      TelemetryService.service,
    ),
  };
}
