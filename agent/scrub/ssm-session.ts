import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Names of the SSM agent's processes. The kernel cuts names after fifteen characters. */
const names = /^(amazon-ssm-agen|ssm-agent-worke|ssm-document-wo|ssm-session-wor)/;

/**
 * Whether the SSM agent started a process, directly or not. Such a process cannot remove what that agent works with.
 * @param proc another directory in tests
 */
export async function isRunBySsm(pid: number, proc = '/proc'): Promise<boolean> {
  const seen = new Set<number>();
  for (let at = pid; at > 0 && !seen.has(at);) {
    seen.add(at);
    const stat = await readFile(join(proc, String(at), 'stat'), 'utf8').catch(() => '');
    // The name is in parentheses and may contain any character.
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    if (names.test(name)) return true;
    at = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
  }
  return false;
}
