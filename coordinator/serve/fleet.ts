import type { Logger } from '../../proto/process/log.ts';
import type { Task } from '../../proto/process/tasks.ts';
import type { Observer } from '../core/observer.ts';
import { Assigner } from '../fleet/assigner.ts';
import { defaultLimits, type Limits } from '../core/limits.ts';
import { Changes } from '../fleet/changes.ts';
import { Dispatcher } from '../fleet/dispatcher.ts';
import { LastOutputs } from '../fleet/last-outputs.ts';
import { Leadership } from '../fleet/leadership.ts';
import { Operator } from '../fleet/operator.ts';
import { Outcomes } from '../fleet/outcomes.ts';
import { Sessions } from '../fleet/sessions.ts';
import { runSweeper } from '../fleet/sweeper.ts';
import { FleetView } from '../fleet/view.ts';
import type { Zones } from '../core/route-name.ts';
import { Routing } from '../routes/routing.ts';
import { OrderContents } from '../secrets/order-contents.ts';
import { Secrets } from '../secrets/secrets.ts';
import { Vault } from '../secrets/vault.ts';
import { alone, type Peers } from '../store/peers.ts';
import type { Store } from '../store/store.ts';

/** The parts that one coordinator's fleet is made of, around one store. */
export interface Fleet {
  store: Store;
  sessions: Sessions;
  changes: Changes;
  outcomes: Outcomes;
  dispatcher: Dispatcher;
  assigner: Assigner;
  operator: Operator;
  view: FleetView;
  outputs: LastOutputs;
  contents: OrderContents;
  leadership: Leadership;
  /** Whether other coordinators may have the same store. */
  isShared: boolean;
  /** Where the coordinator listens that an instance is connected to, when it is another one. */
  elsewhere: (instanceId: string) => Promise<string | undefined>;
  routing: Routing;
  /** Keeps every time limit until the signal aborts. */
  sweep: Task;
}

export interface FleetOptions {
  observer?: Observer;
  /** Absent for a store that ends with this process. */
  vault?: Vault;
  /** Absent: every reference to one is refused. */
  secrets?: Secrets;
  /** Other coordinators on the same store; absent where there can be none. */
  peers?: Peers;
  /** Where routes may be; nowhere when absent. */
  zones?: Zones;
  limits?: Limits;
  /** Milliseconds between two looks at time limits. */
  sweepInterval?: number;
}

export function composeFleet(store: Store, logger: Logger, options: FleetOptions = {}): Fleet {
  const { observer, limits = defaultLimits, sweepInterval: interval } = options;
  const { vault = Vault.ephemeral(), secrets = Secrets.none() } = options;
  const { peers = alone, zones } = options;
  const [sessions, changes, leadership] = [new Sessions(), new Changes(peers), new Leadership()];
  if (options.peers === undefined) leadership.set(true);
  const observed = observer === undefined ? {} : { observer };
  const outcomes = new Outcomes({ sessions, changes, logger, ...observed });
  const outputs = new LastOutputs();
  const common = { store, changes, outcomes, logger };
  const dispatcher = new Dispatcher({ ...common, sessions, peers, outputs, ...observed });
  const sweeper = {
    ...common,
    dispatcher,
    leadership,
    limits,
    ...(interval === undefined ? {} : { interval }),
  };
  return {
    store,
    sessions,
    changes,
    outcomes,
    dispatcher,
    outputs,
    leadership,
    isShared: options.peers !== undefined,
    elsewhere: async (instanceId) => {
      const { connected, sessionReplica } = (await store.instance(instanceId))?.instance ?? {};
      return connected === true && sessionReplica !== undefined && sessionReplica !== peers.replicaId
        ? peers.addressOf(sessionReplica)
        : undefined;
    },
    contents: new OrderContents(vault, secrets),
    routing: new Routing({ store, changes, outcomes, leadership, logger }),
    assigner: new Assigner({
      ...common,
      vault,
      secrets,
      ...(zones === undefined ? {} : { zones }),
      ...observed,
    }),
    operator: new Operator(common),
    view: new FleetView(store, sessions),
    sweep: (signal) => runSweeper(sweeper, signal),
  };
}
