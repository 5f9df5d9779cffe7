/** Whether a file can be executed, judged by its first bytes. */
export type ProgramHead =
  /** The file is a script: the kernel executes this interpreter instead, which must exist too. */
  | { kind: 'script'; interpreter: string }
  /** The kernel would refuse it. The text follows the file's name in a message. */
  | { kind: 'unfit'; reason: string }
  /** It may be executable. The kernel may know formats other than programs and scripts (binfmt_misc). */
  | { kind: 'unknown' };

/** Number of bytes in which the kernel looks for an interpreter. */
export const headBytes = 256;

/** Machine numbers of ELF files that the kernel of an image's architecture can run. */
const machines: Readonly<Record<string, readonly number[]>> = {
  amd64: [62, 3],
  '386': [3],
  arm64: [183, 40],
  arm: [40],
};
const machineNames: Readonly<Record<number, string>> = { 3: '386', 40: 'arm', 62: 'amd64', 183: 'arm64' };

/**
 * @param head the first 256 bytes, or all of a shorter file
 * @param architecture the image's architecture, as images spell it
 */
export function readHead(head: Buffer, architecture: string): ProgramHead {
  if (head.length === 0) return { kind: 'unfit', reason: 'is empty' };
  if (head.subarray(0, 2).toString('latin1') === '#!') return readScript(head);
  if (head.length < 20 || head.subarray(0, 4).toString('latin1') !== '\x7fELF') return { kind: 'unknown' };
  const machine = head[5] === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18);
  const known = machines[architecture];
  if (known === undefined || known.includes(machine)) return { kind: 'unknown' };
  const name = machineNames[machine] ?? `another machine (ELF machine ${machine})`;
  return { kind: 'unfit', reason: `is a program for ${name}, and its image is for ${architecture}` };
}

function readScript(head: Buffer): ProgramHead {
  const [line = ''] = head.subarray(2).toString('utf8').split('\n');
  if (line.endsWith('\r'))
    return {
      kind: 'unfit',
      reason: `begins with "#!${line.trim()}" and a carriage return: it has the line ends of Windows`,
    };
  const [interpreter = ''] = line.trim().split(/[ \t]/);
  return interpreter === ''
    ? { kind: 'unfit', reason: 'is a script that names no interpreter' }
    : { kind: 'script', interpreter };
}

/**
 * Looks up an image's `USER` as the container runtime does.
 * @param user `name`, `uid`, and each with `:group`
 * @param passwd the image's /etc/passwd; empty when it has none
 * @returns why no container can be started as that user
 */
export function accountProblem(user: string, passwd: string, group: string): string | undefined {
  const [name = '', groupName = ''] = user.split(':');
  if (isUnknown(name, passwd)) return `its user "${name}" is not in its /etc/passwd`;
  if (isUnknown(groupName, group)) return `its group "${groupName}" is not in its /etc/group`;
  return undefined;
}

/** Numbers need no entry. */
function isUnknown(name: string, table: string): boolean {
  return name !== '' && !/^\d+$/.test(name) && !table.split('\n').some((line) => line.split(':')[0] === name);
}
