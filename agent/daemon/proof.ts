import type { ChannelCredentials } from '@grpc/grpc-js';
import { join } from 'node:path';
import type { CommandContext } from '../../proto/process/command.ts';
import type { Logger } from '../../proto/process/log.ts';
import { aborted } from '../../proto/process/tasks.ts';
import { imdsAddresses } from '../host/imds.ts';
import type { RunOptions } from './run-options.ts';

/** What this instance shows to the coordinator. */
interface OwnProof {
  credentials(): Promise<ChannelCredentials>;
  /** The coordinator does not accept it. */
  refused(): void;
  /** Called when there is a new one. */
  onRenewed: () => void;
  run(signal: AbortSignal): Promise<void>;
}

/** Only an agent that proves itself loads what that takes. */
export async function openProof(
  { proof, address, stateDir, source }: RunOptions,
  { instanceId, env, logger }: { instanceId: string; env: CommandContext['env']; logger: Logger },
): Promise<OwnProof> {
  if (proof.kind === 'given') {
    const credentials = (): Promise<ChannelCredentials> => Promise.resolve(proof.credentials);
    return { credentials, refused: () => {}, onRenewed: () => {}, run: aborted };
  }
  const { AttestedIdentity } = await import('../session/attest.ts');
  return new AttestedIdentity({
    by: proof.by,
    attestAddress: proof.address,
    tls: proof.tls,
    env,
    address,
    instanceId,
    logger,
    path: join(stateDir, 'identity.json'),
    imds: source.imds === '' || source.imds === 'off' ? imdsAddresses : [source.imds],
    random: Math.random,
  });
}
