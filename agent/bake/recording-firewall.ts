import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { codeOf, reasonOf } from '../../proto/errors/cause.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';

const run = promisify(execFile);
/** Milliseconds for one call of nft or iptables, which wait for a lock. */
const deadline = 10_000;
const table = 'parbake_recording';

/**
 * Closes the machine's own services to the containers of a bridge: Docker lets those of an internal network reach its gateway,
 * which is the machine itself. What the machine asks of the containers is still answered.
 * @returns what opens them again
 * @throws ParbakeError RECORDING_NETWORK_OPEN
 */
export async function closeMachine(bridge: string): Promise<() => Promise<void>> {
  try {
    return (await closeByNft(bridge)) ?? (await closeByIptables(bridge));
  } catch (cause) {
    throw new ParbakeError(
      'RECORDING_NETWORK_OPEN',
      `cannot close this machine's own services to containers that are recorded: ${reasonOf(cause)}`,
      { cause },
    );
  }
}

/** @returns undefined where nft is not installed */
async function closeByNft(bridge: string): Promise<(() => Promise<void>) | undefined> {
  const rules = `table inet ${table} {
  chain input {
    type filter hook input priority -10; policy accept;
    iifname "${bridge}" ct state new drop
  }
}
`;
  const nft = spawn('nft', ['-f', '-'], { stdio: ['pipe', 'ignore', 'ignore'], timeout: deadline });
  // A program that is not there never reads.
  nft.stdin.on('error', () => {});
  nft.stdin.end(rules);
  const [code] = await once(nft, 'exit').catch((cause: unknown) => {
    if (codeOf(cause) === 'ENOENT') return [undefined];
    throw cause;
  });
  if (code !== 0) return undefined;
  return async () => {
    await run('nft', ['delete', 'table', 'inet', table], { timeout: deadline });
  };
}

async function closeByIptables(bridge: string): Promise<() => Promise<void>> {
  const rule = ['INPUT', '-i', bridge, '-m', 'conntrack', '--ctstate', 'NEW', '-j', 'DROP'];
  const each = async (verb: '-I' | '-D'): Promise<void> => {
    await run('iptables', ['-w', verb, ...rule], { timeout: deadline });
    // On a machine without IPv6 this fails, and nobody reaches its services that way.
    await run('ip6tables', ['-w', verb, ...rule], { timeout: deadline }).catch(() => {});
  };
  await each('-I');
  return () => each('-D');
}
