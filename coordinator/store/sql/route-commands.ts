import type { RouteUseCases } from '../routes.ts';
import { conclude, confirm, publishersOf, removeLapsedPublishers, setPublishers } from './publishers.ts';
import type { Tables } from './tables.ts';

export function routeCommands(tables: Tables): RouteUseCases {
  const { routes } = tables;
  return {
    routes: (filter) => routes.list(filter),
    routeChanges: async (after, limit) => ({
      changes: await routes.changes(after, limit),
      newest: await routes.newest(),
    }),
    async setPublishers(names, at) {
      await routes.lock();
      await removeLapsedPublishers(tables);
      await setPublishers(tables, names);
      return await conclude(tables, at);
    },
    publishers: () => publishersOf(tables),
    async confirmRoutes(publisher, generation, error, at) {
      await routes.lock();
      await confirm(tables, publisher, { generation, error }, at);
      return await conclude(tables, at);
    },
    removeRoutes: (withdrawnBefore, limit) => routes.remove(withdrawnBefore, limit),
  };
}
