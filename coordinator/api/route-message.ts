import type { Publisher as PublisherMessage } from '../../proto/gen/parbake/v1/Publisher.ts';
import type { Route as RouteMessage } from '../../proto/gen/parbake/v1/Route.ts';
import type { RouteRequest as RequestMessage } from '../../proto/gen/parbake/v1/RouteRequest.ts';
import { reasonFrom } from '../../proto/errors/reason.ts';
import type { Route, RouteRequest } from '../core/route.ts';
import type { PublisherStatus } from '../store/routes.ts';
import { timestamp } from './to-proto.ts';

export function routeRequestMessage({ name, container, port, scheme }: RouteRequest): RequestMessage {
  return { name, container, port, scheme: `ROUTE_SCHEME_${scheme}` };
}

export function routeMessage(route: Route): RouteMessage {
  const { target, assignmentId, state, generation, publishedTime, routedTime, problem } = route;
  return {
    ...routeRequestMessage(route),
    assignmentId,
    state: `ROUTE_STATE_${state}`,
    targetHost: target?.host ?? '',
    targetPort: target?.port ?? 0,
    generation,
    publishTime: timestamp(publishedTime),
    routedTime: timestamp(routedTime),
    ...reasonFrom(problem),
  };
}

export function publisherMessage({ confirmTime, ...publisher }: PublisherStatus): PublisherMessage {
  return { ...publisher, confirmTime: timestamp(confirmTime) };
}
