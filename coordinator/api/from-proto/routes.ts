import type { ConfirmRoutesRequest__Output } from '../../../proto/gen/parbake/v1/ConfirmRoutesRequest.ts';
import type { ListRoutesRequest__Output } from '../../../proto/gen/parbake/v1/ListRoutesRequest.ts';
import type { RouteRequest__Output } from '../../../proto/gen/parbake/v1/RouteRequest.ts';
import type { RouteScheme__Output as SchemeName } from '../../../proto/gen/parbake/v1/RouteScheme.ts';
import { defined } from '../../../proto/errors/defined.ts';
import { hostNameProblem } from '../../core/route-name.ts';
import type { RouteRequest, RouteScheme } from '../../core/route.ts';
import type { RouteFilter } from '../../store/routes.ts';
import { pageSizeFromProto, type Page } from './lists.ts';
import {
  atMost,
  bounded,
  enumFromProto,
  invalid,
  named,
  readAll,
  readEach,
  refused,
  required,
} from './parts.ts';

/** Names of one assignment. */
const maxRoutes = 16;

const schemes: Record<SchemeName, RouteScheme> = {
  ROUTE_SCHEME_UNSPECIFIED: 'HTTP',
  ROUTE_SCHEME_HTTP: 'HTTP',
  ROUTE_SCHEME_HTTPS: 'HTTPS',
  ROUTE_SCHEME_TCP: 'TCP',
};

export function routesFromProto(messages: readonly RouteRequest__Output[]): RouteRequest[] {
  const routes = readEach(atMost('routes', messages, maxRoutes), (message, index) =>
    routeFromProto(`routes[${index}]`, message),
  );
  const names = routes.map(({ name }) => name);
  const repeated = names.flatMap((name, index) =>
    names.indexOf(name) === index ? [] : [{ field: `routes[${index}].name`, description: `repeats ${name}` }],
  );
  if (repeated.length > 0) throw refused(repeated);
  return routes;
}

function routeFromProto(field: string, message: RouteRequest__Output): RouteRequest {
  return readAll({
    name: () => {
      const name = named(`${field}.name`, required(`${field}.name`, message.name, 253), 253);
      const problem = hostNameProblem(name);
      if (problem !== undefined) throw invalid(`${field}.name`, problem);
      return name;
    },
    container: () => named(`${field}.container`, message.container, 63),
    port: () => {
      const { port } = message;
      if (port < 1 || port > 65_535) throw invalid(`${field}.port`, `is ${port}, not a port`);
      return port;
    },
    scheme: () => schemes[enumFromProto(`${field}.scheme`, message.scheme)],
  });
}

export function routeListFromProto(request: ListRoutesRequest__Output): Omit<RouteFilter, 'limit'> & Page {
  const { assignmentId, ...read } = readAll({
    size: () => pageSizeFromProto(request.pageSize),
    after: () => bounded('page_token', request.pageToken, 253),
    assignmentId: () => bounded('assignment_id', request.assignmentId, 128),
  });
  return { ...read, ...defined({ assignmentId: assignmentId === '' ? undefined : assignmentId }) };
}

export function confirmationFromProto(request: ConfirmRoutesRequest__Output): {
  publisher: string;
  generation: number;
  error: string;
} {
  return readAll({
    publisher: () => required('publisher', request.publisher, 63),
    generation: () => {
      if (request.generation < 0) throw invalid('generation', 'is below 0');
      return request.generation;
    },
    error: () => named('error', request.error, 1_000),
  });
}
