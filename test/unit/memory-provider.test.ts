import { MemoryProvider, type Action, type Fault } from '../fakes/memory-provider.ts';
import { providerSuite } from '../support/provider-suite.ts';

providerSuite('in memory', async () => {
  const faults = new Map<Action, Fault>();
  const provider = new MemoryProvider({
    now: () => 1_000_000,
    fault: (action) => {
      const fault = faults.get(action);
      faults.delete(action);
      return fault;
    },
  });
  return {
    provider,
    subnets: ['subnet-a', 'subnet-b'],
    loseAnswer: (action) => void faults.set(action, 'lost after'),
    throttle: (action) => void faults.set(action, 'throttled'),
    noCapacity: (subnetId) => void provider.dry.add(`on-demand:m7i.large:${subnetId}`),
    powerOff: async (instanceId) => provider.powerOff(instanceId, ''),
    snapshots: async () => [...provider.snapshots],
    close: async () => provider.close(),
  };
});
