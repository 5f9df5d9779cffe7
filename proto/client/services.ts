import type { ChannelCredentials, Interceptor } from '@grpc/grpc-js';
import type {
  AssignmentServiceDefinition,
  AssignmentServiceHandlers,
} from '../gen/parbake/v1/AssignmentService.ts';
import type { FleetServiceDefinition, FleetServiceHandlers } from '../gen/parbake/v1/FleetService.ts';
import type { ImageServiceDefinition, ImageServiceHandlers } from '../gen/parbake/v1/ImageService.ts';
import type { PoolServiceDefinition, PoolServiceHandlers } from '../gen/parbake/v1/PoolService.ts';
import type { PreviewServiceDefinition, PreviewServiceHandlers } from '../gen/parbake/v1/PreviewService.ts';
import type { RouteServiceDefinition, RouteServiceHandlers } from '../gen/parbake/v1/RouteService.ts';
import type {
  TelemetryServiceDefinition,
  TelemetryServiceHandlers,
} from '../gen/parbake/v1/TelemetryService.ts';
import type { TrustServiceDefinition, TrustServiceHandlers } from '../gen/parbake/v1/TrustService.ts';
import type { CommandContext } from '../process/command.ts';
import { clientOptions } from '../wire/channel.ts';
import { parbakeV1 } from '../wire/loader.ts';
import { promiseClient, type PromiseClient } from '../wire/promise-client.ts';

/** What proves who calls. */
export interface Proof {
  credentials: ChannelCredentials;
  interceptors: Interceptor[];
}

/** The coordinator's services: unary calls are promises, streams are async iterables, and what fails throws a ParbakeError. */
export interface Services {
  assignments: PromiseClient<AssignmentServiceDefinition, AssignmentServiceHandlers>;
  fleet: PromiseClient<FleetServiceDefinition, FleetServiceHandlers>;
  images: PromiseClient<ImageServiceDefinition, ImageServiceHandlers>;
  pools: PromiseClient<PoolServiceDefinition, PoolServiceHandlers>;
  previews: PromiseClient<PreviewServiceDefinition, PreviewServiceHandlers>;
  routes: PromiseClient<RouteServiceDefinition, RouteServiceHandlers>;
  telemetry: PromiseClient<TelemetryServiceDefinition, TelemetryServiceHandlers>;
  trust: PromiseClient<TrustServiceDefinition, TrustServiceHandlers>;
  close(): void;
}

/** @param env that a proxy may stand in */
export function openServices(address: string, proof: Proof, env: CommandContext['env']): Services {
  const { credentials, interceptors } = proof;
  const { AssignmentService, FleetService, ImageService, PoolService, ...others } = parbakeV1(
    ...(['AssignmentService', 'FleetService', 'ImageService', 'PoolService', 'PreviewService'] as const),
    ...(['RouteService', 'TelemetryService', 'TrustService'] as const),
  );
  const { PreviewService, RouteService, TelemetryService, TrustService } = others;
  const options = { ...clientOptions(address, env), interceptors };
  const assignments = promiseClient<AssignmentServiceDefinition, AssignmentServiceHandlers>(
    new AssignmentService(address, credentials, options),
    AssignmentService.service,
  );
  const fleet = promiseClient<FleetServiceDefinition, FleetServiceHandlers>(
    new FleetService(address, credentials, options),
    FleetService.service,
  );
  const images = promiseClient<ImageServiceDefinition, ImageServiceHandlers>(
    new ImageService(address, credentials, options),
    ImageService.service,
  );
  const pools = promiseClient<PoolServiceDefinition, PoolServiceHandlers>(
    new PoolService(address, credentials, options),
    PoolService.service,
  );
  const previews = promiseClient<PreviewServiceDefinition, PreviewServiceHandlers>(
    new PreviewService(address, credentials, options),
    PreviewService.service,
  );
  const routes = promiseClient<RouteServiceDefinition, RouteServiceHandlers>(
    new RouteService(address, credentials, options),
    RouteService.service,
  );
  const telemetry = promiseClient<TelemetryServiceDefinition, TelemetryServiceHandlers>(
    new TelemetryService(address, credentials, options),
    TelemetryService.service,
  );
  const trust = promiseClient<TrustServiceDefinition, TrustServiceHandlers>(
    new TrustService(address, credentials, options),
    TrustService.service,
  );
  return {
    assignments,
    fleet,
    images,
    pools,
    previews,
    routes,
    telemetry,
    trust,
    close: () => {
      for (const client of [assignments, fleet, images, pools, previews, routes, telemetry, trust])
        client.close();
    },
  };
}
