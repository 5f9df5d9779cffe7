/**
 * What an assignment may set, in the words of both programs: the coordinator checks what a client asks for, and the agent
 * checks what a coordinator orders. Names may be secrets that were given in the wrong place, valid ones too, so no problem repeats
 * one.
 */
export const orderLimits = {
  variables: 128,
  /** What a gate takes, less what the agent adds: an instance that could not carry an order out would fail for it. */
  envBytes: 960 * 1024,
  /** The kernel takes 128 KiB for one variable, its name included. */
  valueBytes: 96 * 1024,
  files: 64,
  fileBytes: 1024 ** 2,
} as const;

/** @returns what is wrong with the variables, each to follow `env`; empty when nothing is */
export function envProblems(env: Readonly<Record<string, string>>): string[] {
  const variables = Object.entries(env);
  const { variables: max, valueBytes } = orderLimits;
  if (variables.length > max) return [`has more than ${max} variables`];
  return variables.flatMap(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,255}$/.test(name))
      return [`has an invalid name of ${name.length} characters`];
    const which = `(its name has ${name.length} characters)`;
    if (value.includes('\0')) return [`has a NUL character in a value ${which}`];
    const bytes = Buffer.byteLength(value);
    return bytes <= valueBytes ? [] : [`has a value of ${bytes} bytes, more than ${valueBytes} ${which}`];
  });
}

/** @param names of variables that the role does not take. @returns a sentence about them */
export function notTaken(role: string, names: readonly string[]): string {
  const lengths = names.map(({ length }) => length).join(', ');
  return names.length === 1
    ? `role ${role} does not take a variable whose name has ${lengths} characters`
    : `role ${role} does not take ${names.length} of the variables; their names have ${lengths} characters`;
}

/** What a gate has to take for the variables. */
export function envBytes(env: Readonly<Record<string, string>>): number {
  return Object.entries(env).reduce(
    (sum, [name, value]) => sum + name.length + Buffer.byteLength(value) + 2,
    0,
  );
}

/** @returns what is wrong with the files, each to follow `files`; empty when nothing is */
export function filesProblems(files: Readonly<Record<string, Uint8Array>>): string[] {
  const entries = Object.entries(files);
  const { files: max, fileBytes } = orderLimits;
  if (entries.length > max) return [`has more than ${max} files`];
  const bytes = entries.reduce((sum, [, content]) => sum + content.length, 0);
  if (bytes > fileBytes) return [`has ${bytes} bytes, more than ${fileBytes}`];
  return entries
    .filter(([name]) => !isFileName(name))
    .map(([name]) => `has an invalid name of ${name.length} characters`);
}

/** Whether it names a file in a directory, and never another directory or a hidden file. */
export function isFileName(name: string): boolean {
  return /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}$/.test(name);
}
