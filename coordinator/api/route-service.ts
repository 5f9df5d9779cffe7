import type { ServerWritableStream } from '@grpc/grpc-js';
import { defined } from '../../proto/errors/defined.ts';
import type { RouteServiceHandlers } from '../../proto/gen/parbake/v1/RouteService.ts';
import type { WatchRoutesRequest__Output } from '../../proto/gen/parbake/v1/WatchRoutesRequest.ts';
import type { WatchRoutesResponse } from '../../proto/gen/parbake/v1/WatchRoutesResponse.ts';
import type { Logger } from '../../proto/process/log.ts';
import { scopeOf } from '../core/principal.ts';
import type { Routing } from '../routes/routing.ts';
import type { RouteUseCases } from '../store/routes.ts';
import type { CallerOf } from './caller.ts';
import { confirmationFromProto, routeListFromProto } from './from-proto/routes.ts';
import { pageOf } from './from-proto/parts.ts';
import { streaming, unary } from './handlers.ts';
import { publisherMessage, routeMessage } from './route-message.ts';
import { watchRoutes } from './watch-routes.ts';

export interface RouteServiceParts {
  routing: Routing;
  store: Pick<RouteUseCases, 'routes' | 'routeChanges' | 'publishers'>;
  callerOf: CallerOf;
  logger: Logger;
}

export type RoutesCall = ServerWritableStream<WatchRoutesRequest__Output, WatchRoutesResponse>;

export function routeService({ routing, store, callerOf, logger }: RouteServiceParts): RouteServiceHandlers {
  return {
    ListRoutes: unary(logger, 'ListRoutes', async (request, call) => {
      const { size, ...wanted } = routeListFromProto(request);
      const owner = scopeOf(callerOf(call).principal);
      const found = await store.routes({ ...wanted, ...defined({ owner }), limit: size + 1 });
      const { items, nextPageToken } = pageOf(found, size, ({ name }) => name);
      const { newest } = await store.routeChanges(Number.MAX_SAFE_INTEGER, 0);
      return {
        routes: items.map(routeMessage),
        nextPageToken,
        publishers: (await store.publishers()).map(publisherMessage),
        generation: newest,
      };
    }),
    WatchRoutes: streaming(logger, 'WatchRoutes', (call: RoutesCall, gone) =>
      watchRoutes(call, routing.feed, gone),
    ),
    ConfirmRoutes: unary(logger, 'ConfirmRoutes', async (request) => {
      const { publisher, generation, error } = confirmationFromProto(request);
      await routing.confirm(publisher, generation, error);
      return {};
    }),
  };
}
