import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCoordinatorProcess, type CoordinatorProcess } from '../testbed/coordinator-process.ts';
import { connectCoordinator } from '../testbed/parbake.ts';
import { reserveLoopback } from '../testbed/reservation.ts';
import { waitFor } from '../testbed/wait.ts';
import type { AgentServiceClient } from '../../proto/gen/parbake/v1/AgentService.ts';
import {
  connectAgents,
  startSimulatedAgent,
  type SimulatedAgent,
  type SimulatedAgentOptions,
} from '../fakes/simulated-agent.ts';
import { getInstance } from './calls.ts';

/** A real coordinator process and store; agents speak its protocol without a Docker Engine behind them. */
export interface LoneCoordinator {
  /** Has its store and its logs, and goes with it. */
  readonly directory: string;
  readonly address: string;
  /** Address of its page. */
  readonly url: string;
  readonly clients: ReturnType<typeof connectCoordinator>;
  readonly agents: AgentServiceClient;
  /** Another one after a restart. */
  readonly process: CoordinatorProcess;
  /** @param meanwhile done while there is none */
  restart(signal?: NodeJS.Signals, meanwhile?: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param options of serve beside those of the store and of where it listens
 * @param env added to its environment
 */
export async function startLoneCoordinator(
  options: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<LoneCoordinator> {
  const directory = mkdtempSync(join(tmpdir(), 'parbake-coordinator-'));
  const loopback = await reserveLoopback();
  const start = (address: string, page: string): Promise<CoordinatorProcess> =>
    startCoordinatorProcess(
      directory,
      ['--listen', address, '--insecure-agents', '--http', page, '--http-access', 'open', ...options],
      { env },
    );
  let process = await start(`${loopback}:0`, `${loopback}:0`);
  const [address = ''] = process.addresses;
  const page = new URL(process.urls[0] ?? '').host;
  const clients = connectCoordinator(address);
  const agents = connectAgents(address);
  return {
    directory,
    address,
    url: `http://${page}`,
    clients,
    agents,
    get process() {
      return process;
    },
    restart: async (signal, meanwhile) => {
      await process.stop(signal);
      await meanwhile?.();
      process = await start(address, page);
    },
    close: async () => {
      agents.close();
      clients.close();
      await process.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** An instance that is READY, under a name of its own unless it has one. */
export async function readyAgent(
  { clients, agents }: Pick<LoneCoordinator, 'clients' | 'agents'>,
  options: Omit<SimulatedAgentOptions, 'instanceId'> & { instanceId?: string },
): Promise<SimulatedAgent> {
  const { instanceId = `i-${randomUUID()}` } = options;
  const agent = await startSimulatedAgent(agents, { ...options, instanceId });
  await waitFor('it to be READY', async () => {
    const { state, connected } = await getInstance(clients, instanceId);
    return state === 'INSTANCE_STATE_READY' && connected;
  });
  return agent;
}
