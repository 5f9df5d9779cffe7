import type { ListRoutesResponse__Output } from '../../proto/gen/parbake/v1/ListRoutesResponse.ts';
import type { Route__Output } from '../../proto/gen/parbake/v1/Route.ts';
import { reasonText } from '../../proto/errors/reason.ts';
import { printable, stateName, table } from '../insight/format.ts';
import { timeText } from './documents.ts';

export function routeDocument(route: Route__Output) {
  return {
    name: route.name,
    assignment_id: route.assignmentId,
    state: stateName(route.state),
    scheme: stateName(route.scheme),
    container: route.container,
    port: route.port,
    target_host: route.targetHost,
    target_port: route.targetPort,
    generation: route.generation,
    publish_time: timeText(route.publishTime),
    routed_time: timeText(route.routedTime),
    reason: route.reason,
    message: route.message,
  };
}

export function routesDocument({ routes, publishers, generation }: ListRoutesResponse__Output) {
  return {
    routes: routes.map(routeDocument),
    generation,
    publishers: publishers.map((publisher) => ({
      name: publisher.name,
      generation: publisher.generation,
      confirm_time: timeText(publisher.confirmTime),
      error: publisher.error,
    })),
  };
}

export const routeHeader: readonly string[] = ['NAME', 'STATE', 'TARGET', 'ASSIGNMENT', 'REASON'];

/** How far each publisher is, below the routes; empty without publishers. */
export function publishersText({ publishers, generation }: ListRoutesResponse__Output): string {
  if (publishers.length === 0) return '';
  const behind = publishers.map(({ name, generation: has, error }) => [
    name,
    has >= generation ? 'up to date' : `${generation - has} behind`,
    printable(error) || '-',
  ]);
  return `\n${table(['PUBLISHER', 'CHANGES', 'ERROR'], behind)}`;
}

/** What a line about one route says. */
export function routeCells(route: Route__Output): string[] {
  const isPublished = route.targetHost !== '';
  return [
    route.name,
    stateName(route.state),
    isPublished ? `${route.targetHost}:${route.targetPort}` : '-',
    route.assignmentId,
    reasonText(route) || '-',
  ];
}
