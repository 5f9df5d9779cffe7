import { execFileSync } from 'node:child_process';

/**
 * A manual page in roff, made of what the program says of itself.
 * @param program a bundle whose `--help` lists its commands
 */
export function manualPage(program: string): string {
  const help = (...command: string[]): string =>
    execFileSync(process.execPath, [program, ...command, '--help'], { encoding: 'utf8' }).trim();
  const overview = help();
  const list = /^Commands:\n((?: {2}.+\n?)+)/m.exec(overview)?.[1] ?? '';
  const commands = [...list.matchAll(/^ {2}(\S+) +(.+)$/gm)].map(([, name = '']) => name);
  if (commands.length === 0) throw new Error(`${program} --help lists no commands`);
  const sections = commands.map((name) => `.SS ${name}\n${verbatim(help(name))}`);
  return `.TH PARBAKE-AGENT 1
.SH NAME
parbake-agent \\- bakes container images, makes clones unique, and runs on every instance
.SH DESCRIPTION
${verbatim(overview)}.SH COMMANDS
${sections.join('')}.SH FILES
.TP
/etc/default/parbake-agent
options of the daemon
.TP
/usr/lib/parbake/manifest.json
what was baked, and the seal
`;
}

/** As it stands: help is laid out for a terminal already. */
function verbatim(text: string): string {
  const lines = text.split('\n').map((line) => line.replaceAll('\\', '\\e').replaceAll('-', '\\-'));
  // A dot or a quote at the start would be a request.
  return `.nf\n${lines.map((line) => line.replace(/^[.']/, '\\&$&')).join('\n')}\n.fi\n`;
}
