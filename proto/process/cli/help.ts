import {
  kebab,
  variable,
  type Command,
  type Declaration,
  type Options,
  type Program,
} from './declaration.ts';
import type { Option } from './options.ts';

/** What a program prints with --help, or for the commands that share a first word. */
export function programHelp(program: Program, commands: readonly Command[], columns: number): string {
  const rows = commands.map(({ name, declaration }): Row => [name, declaration.summary]);
  return [
    wrapped(program.summary, columns),
    `Usage: ${program.name} COMMAND [options]\n`,
    `Commands:\n${listed(rows, columns)}`,
    `"${program.name} COMMAND --help" explains a command.\n`,
  ].join('\n');
}

/** What a command prints with --help. */
export async function commandHelp(
  program: Program,
  declaration: Declaration,
  columns: number,
): Promise<string> {
  const { options, positionals, description, details, needsRoot, examples } = declaration;
  const sections = [`Usage: ${synopsis(program, declaration)}\n`];
  for (const paragraph of paragraphs(description)) sections.push(wrapped(paragraph, columns));
  if (needsRoot) sections.push('It needs root.\n');
  if (Object.keys(positionals).length > 0)
    sections.push(`Arguments:\n${listed(positionalRows(positionals), columns)}`);
  sections.push(`Options:\n${listed(optionRows(options), columns)}`);
  for (const paragraph of settingsNotes(declaration)) sections.push(wrapped(paragraph, columns));
  for (const paragraph of paragraphs((await details?.()) ?? '')) sections.push(wrapped(paragraph, columns));
  sections.push(
    `${examples.length === 1 ? 'Example' : 'Examples'}:\n${examples.map((line) => `  ${line}\n`).join('')}`,
  );
  return sections.join('\n');
}

/** The command line in general: what has to be given, and that there is more. */
export function synopsis(
  program: Pick<Program, 'name'>,
  { name, options, positionals }: Declaration,
): string {
  const needed = Object.entries(options).filter(([, { times }]) => times === 'required');
  return [
    `${program.name} ${name}`,
    ...needed.map(([key, option]) => typed(key, option)),
    ...Object.entries(positionals).map(([key, option]) => positional(key, option)),
    '[options]',
  ].join(' ');
}

export type Row = readonly [left: string, right: string];

export function positionalRows(positionals: Options): Row[] {
  return Object.entries(positionals).map(([key, option]) => [option.value ?? key, notes(key, option)]);
}

/** The command's options and -h, which every command has. */
export function optionRows(options: Options): Row[] {
  const rows = Object.entries(options).map(([key, option]): Row => [typed(key, option), notes(key, option)]);
  return [...rows, ['-h, --help', 'print this help']];
}

/** Where settings come from, in the order of precedence; nothing for a command without a settings file. */
export function settingsNotes({ settingsFile, moreSources = [] }: Declaration): string[] {
  if (settingsFile === undefined) return [];
  const after = moreSources.map((source) => `, else from ${source}`).join('');
  return [
    `A setting comes from the command line, else from the environment variable in brackets, else from ${settingsFile.shown}, which has its name without the dashes: "name = value"${after}.`,
  ];
}

export function paragraphs(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

function positional(key: string, { value, times }: Option<unknown>): string {
  const label = value ?? key;
  if (times === 'many') return `[${label} …]`;
  return times === 'required' ? label : `[${label}]`;
}

function typed(key: string, { value, letter }: Option<unknown>): string {
  const name = letter === undefined ? `--${kebab(key)}` : `-${letter}, --${kebab(key)}`;
  return value === undefined ? name : `${name} ${value}`;
}

/** The line of help, and what can be said of the option without it. */
function notes(key: string, option: Option<unknown>): string {
  const more = [
    option.times === 'many' ? 'may be repeated' : undefined,
    option.preset ? `default ${option.preset}` : undefined,
  ].filter((note) => note !== undefined);
  const brackets = option.isSetting ? ` [${variable(key)}]` : '';
  return `${option.help}${more.length === 0 ? '' : ` (${more.join('; ')})`}${brackets}`;
}

/** The widest left column that still shares its line with the right one. */
const maxLeft = 26;

function listed(rows: readonly Row[], columns: number): string {
  const width = Math.min(maxLeft, Math.max(...rows.map(([left]) => left.length)));
  return rows
    .map(([left, right]) => {
      const lines = broken(right, columns - width - 4);
      const first = left.length > width ? [`  ${left}`] : [];
      const [head = '', ...rest] = lines;
      const start = left.length > width ? `  ${' '.repeat(width)}` : `  ${left.padEnd(width)}`;
      return [...first, `${start}  ${head}`, ...rest.map((line) => `${' '.repeat(width + 4)}${line}`)]
        .map((line) => `${line.trimEnd()}\n`)
        .join('');
    })
    .join('');
}

function wrapped(paragraph: string, columns: number): string {
  return broken(paragraph, columns)
    .map((line) => `${line}\n`)
    .join('');
}

/** Lines of at most `columns` characters, unless one word is longer. */
function broken(text: string, columns: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= columns) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
