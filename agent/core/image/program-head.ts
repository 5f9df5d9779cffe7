/** What the first bytes of a file say to whoever wants to execute it. */
export type ProgramHead =
  /** A script: the kernel executes this program instead, which has to be there too. */
  | { kind: 'script'; interpreter: string }
  /** The kernel would not take it, in words that follow the file's name. */
  | { kind: 'unfit'; reason: string }
  /** Nothing speaks against it. What is neither a program nor a script may be known to the kernel (binfmt_misc). */
  | { kind: 'unknown' };

/** Bytes: the kernel looks at no more to find an interpreter. */
export const headBytes = 256;

/** Machines of ELF files, by the architectures that images name and whose kernels run them. */
const machines: Readonly<Record<string, readonly number[]>> = {
  amd64: [62, 3],
  '386': [3],
  arm64: [183, 40],
  arm: [40],
};
const machineNames: Readonly<Record<number, string>> = { 3: '386', 40: 'arm', 62: 'amd64', 183: 'arm64' };

/**
 * @param head the first 256 bytes, or all of a shorter file
 * @param architecture of the image, as images name it
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
 * Whom an image's `USER` names, looked up as the container runtime does.
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
