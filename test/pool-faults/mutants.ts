import { ProviderError, type LaunchRequest, type Provider } from '../../coordinator/core/pool/provider.ts';
import type { PoolUseCases } from '../../coordinator/store/pools.ts';

/** One rule of the launch protocol taken away. The checker, or its bar on waste, must notice. */
export interface Mutant {
  name: string;
  provider?: (provider: Provider) => Provider;
  store?: (store: PoolUseCases, provider: Provider) => Partial<PoolUseCases>;
}

const isUnknown = (cause: unknown): boolean => cause instanceof ProviderError && cause.kind === 'unknown';

/** A provider whose launches are changed before they leave. */
function launching(
  provider: Provider,
  launch: (request: LaunchRequest) => ReturnType<Provider['launch']>,
): Provider {
  return new Proxy(provider, {
    get(target, name): unknown {
      const method: unknown = name === 'launch' ? launch : Reflect.get(target, name);
      return typeof method === 'function' ? method.bind(target) : method;
    },
  });
}

export const mutants: readonly Mutant[] = [
  {
    name: 'a retry has a new token',
    provider(provider) {
      let tries = 0;
      return launching(provider, (request) =>
        provider.launch({ ...request, token: `${request.token}-${++tries}` }),
      );
    },
  },
  {
    name: 'a token moves to the next zone after a lost answer',
    provider(provider) {
      const zones = ['subnet-a', 'subnet-b', 'subnet-c'];
      const moved = new Map<string, number>();
      return launching(provider, async (request) => {
        const by = moved.get(request.launchId) ?? 0;
        const subnetId = zones[(zones.indexOf(request.subnetId) + by) % zones.length] ?? '';
        try {
          return await provider.launch({ ...request, subnetId });
        } catch (cause) {
          if (isUnknown(cause)) moved.set(request.launchId, by + 1);
          throw cause;
        }
      });
    },
  },
  {
    name: 'a lost answer counts as a refusal',
    provider: (provider) =>
      launching(provider, async (request) => {
        try {
          return await provider.launch(request);
        } catch (cause) {
          if (isUnknown(cause)) throw new ProviderError('capacity', 'Timeout', 'no answer', { cause });
          throw cause;
        }
      }),
  },
  {
    name: 'calls without an answer do not count',
    store: (store) => ({
      async poolViews(at) {
        const views = await store.poolViews(at);
        return views && { ...views, pools: views.pools.map((view) => ({ ...view, open: [] })) };
      },
    }),
  },
  {
    name: 'a plan from an older revision is committed',
    store: (store) => ({
      async commitPlan(name, _, plan, at) {
        const newest = (await store.poolViews(at))?.pools.find(({ spec }) => spec.name === name);
        return newest !== undefined && (await store.commitPlan(name, newest.revision, plan, at));
      },
    }),
  },
  {
    name: 'a machine ends without a look at its state',
    store: (store, provider) => ({
      async commitPlan(name, revision, plan, at) {
        const isDone = await store.commitPlan(name, revision, { ...plan, ends: [] }, at);
        if (isDone && plan.ends.length > 0)
          await provider.terminate(plan.ends.map(({ instanceId }) => instanceId));
        return isDone;
      },
    }),
  },
];
