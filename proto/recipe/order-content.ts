/**
 * What an assignment may set, in the words of both programs: the coordinator checks what a client asks for, and the agent
 * checks what a coordinator orders. Names may be secrets that were given in the wrong place, so no problem repeats one.
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

export interface ContentProblem {
  /** Which entry, to follow `env` or `files`: a dot and its name; empty where the name is what is wrong, and for all. */
  entry: string;
  description: string;
}

/** @returns what is wrong with the variables; empty when nothing is */
export function envProblems(env: Readonly<Record<string, string>>): ContentProblem[] {
  const variables = Object.entries(env);
  const { variables: max, valueBytes } = orderLimits;
  if (variables.length > max) return [{ entry: '', description: `has more than ${max} variables` }];
  return variables.flatMap(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,255}$/.test(name))
      return [{ entry: '', description: `has an invalid name of ${name.length} characters` }];
    const entry = `.${name}`;
    if (value.includes('\0')) return [{ entry, description: 'has a NUL character in its value' }];
    const bytes = Buffer.byteLength(value);
    if (bytes <= valueBytes) return [];
    return [{ entry, description: `has a value of ${bytes} bytes, more than ${valueBytes}` }];
  });
}

/** What a gate has to take for the variables. */
export function envBytes(env: Readonly<Record<string, string>>): number {
  return Object.entries(env).reduce(
    (sum, [name, value]) => sum + name.length + Buffer.byteLength(value) + 2,
    0,
  );
}

/** @returns what is wrong with the files; empty when nothing is */
export function filesProblems(files: Readonly<Record<string, Uint8Array>>): ContentProblem[] {
  const entries = Object.entries(files);
  const { files: max, fileBytes } = orderLimits;
  if (entries.length > max) return [{ entry: '', description: `has more than ${max} files` }];
  const bytes = entries.reduce((sum, [, content]) => sum + content.length, 0);
  if (bytes > fileBytes) return [{ entry: '', description: `has ${bytes} bytes, more than ${fileBytes}` }];
  return entries
    .filter(([name]) => !isFileName(name))
    .map(([name]) => ({ entry: '', description: `has an invalid name of ${name.length} characters` }));
}

/** Whether it names a file in a directory, and never another directory or a hidden file. */
export function isFileName(name: string): boolean {
  return /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}$/.test(name);
}
