import type { Logger } from '../../proto/process/log.ts';
import type { Observer } from '../core/observer.ts';
import { Assigner } from '../fleet/assigner.ts';
import { Changes } from '../fleet/changes.ts';
import { Dispatcher } from '../fleet/dispatcher.ts';
import { Sessions } from '../fleet/sessions.ts';
import { FleetView } from '../fleet/view.ts';
import type { Store } from '../store/store.ts';

/** The parts that one coordinator's fleet is made of, around one store. */
export interface Fleet {
  store: Store;
  sessions: Sessions;
  changes: Changes;
  dispatcher: Dispatcher;
  assigner: Assigner;
  view: FleetView;
}

export function composeFleet(store: Store, logger: Logger, observer?: Observer): Fleet {
  const [sessions, changes] = [new Sessions(), new Changes()];
  const common = { store, changes, logger, ...(observer === undefined ? {} : { observer }) };
  const dispatcher = new Dispatcher({ ...common, sessions });
  const assigner = new Assigner({ ...common, deliveries: dispatcher });
  return { store, sessions, changes, dispatcher, assigner, view: new FleetView(store, sessions) };
}
