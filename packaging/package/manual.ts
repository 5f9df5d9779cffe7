import { execFileSync } from 'node:child_process';

/** What a program's help does not say about it. */
export interface ManualFacts {
  name: string;
  /** One line. */
  does: string;
  /** Each file's path and what is in it. */
  files: readonly (readonly [path: string, what: string])[];
}

/**
 * A manual page in roff, made from the program's own help.
 * @param program a bundle whose `--help` lists its commands
 */
export function manualPage(program: string, { name, does, files }: ManualFacts): string {
  const help = (...command: string[]): string =>
    execFileSync(process.execPath, [program, ...command, '--help'], { encoding: 'utf8' }).trim();
  const overview = help();
  const list = /^Commands:\n((?: {2}.+\n?)+)/m.exec(overview)?.[1] ?? '';
  const commands = [...list.matchAll(/^ {2}(\S+) +(.+)$/gm)].map(([, name = '']) => name);
  if (commands.length === 0) throw new Error(`${program} --help lists no commands`);
  const sections = commands.map((command) => `.SS ${command}\n${verbatim(help(command))}`);
  const places = files.map(([path, what]) => `.TP\n${path}\n${what}\n`);
  return `.TH ${name.toUpperCase()} 1
.SH NAME
${name} \\- ${does}
.SH DESCRIPTION
${verbatim(overview)}.SH COMMANDS
${sections.join('')}${places.length > 0 ? `.SH FILES\n${places.join('')}` : ''}`;
}

/** Help is laid out for a terminal already, so the page shows it as it stands. */
function verbatim(text: string): string {
  const lines = text.split('\n').map((line) => line.replaceAll('\\', '\\e').replaceAll('-', '\\-'));
  // A dot or a quote at the start would be a request.
  return `.nf\n${lines.map((line) => line.replace(/^[.']/, '\\&$&')).join('\n')}\n.fi\n`;
}
