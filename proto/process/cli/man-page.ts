import { catalogue } from '../../errors/catalogue.ts';
import { exitCodes } from '../../errors/exit.ts';
import { variable, type Command, type Declaration, type Program } from './declaration.ts';
import { optionRows, paragraphs, positionalRows, settingsNotes, synopsis, type Row } from './help.ts';

/** The manual page of a program in roff. */
export async function manualPage(program: Program): Promise<string> {
  const { name, summary, version, commands, files } = program;
  const settings = commands.flatMap(({ declaration }) => declaration.settingsFile?.shown ?? []);
  const sections: [string, string][] = [
    ['NAME', `${escaped(name)} \\- ${escaped(summary.replace(/\.$/, ''))}\n`],
    ['SYNOPSIS', `.B ${escaped(name)}\n.I COMMAND\n[options]\n`],
    ['DESCRIPTION', paragraph(summary)],
    [
      'COMMANDS',
      (await Promise.all(commands.map(({ declaration }) => commandSection(program, declaration)))).join(''),
    ],
    ['EXIT STATUS', tagged(exitRows)],
    ['ENVIRONMENT', tagged(environmentRows(commands))],
    [
      'FILES',
      tagged([...[...new Set(settings)].map((file): Row => [file, 'settings']), ...Object.entries(files)]),
    ],
    ['EXAMPLES', commands.flatMap(({ declaration }) => declaration.examples.map(example)).join('')],
    [
      'SEE ALSO',
      paragraph(
        programs
          .filter((other) => other !== name)
          .map((other) => `${other}(1)`)
          .join(', '),
      ),
    ],
  ];
  const head = `.TH ${name.toUpperCase()} 1 "" "Parbake ${escaped(version)}"\n`;
  return head + sections.map(([title, text]) => (text === '' ? '' : `.SH ${title}\n${text}`)).join('');
}

const programs = ['parbake', 'parbake-agent', 'parbake-coordinator'];

const exitRows: readonly Row[] = [
  [String(exitCodes.done), 'It is done.'],
  [String(exitCodes.failed), 'It failed. The message says what failed, why, and what to do.'],
  [String(exitCodes.wrongUse), 'The command line or a file that it names is wrong. Nothing was changed.'],
  [
    String(exitCodes.doNotRestart),
    `A daemon cannot go on until a person acts, for example with ${Object.entries(catalogue)
      .filter(([, { exit }]) => exit === exitCodes.doNotRestart)
      .map(([code]) => code)
      .join(', ')}.`,
  ],
];

async function commandSection(program: Program, declaration: Declaration): Promise<string> {
  const { name, description, details, options, positionals } = declaration;
  return [
    `.SS ${escaped(name)}\n`,
    `.B ${escaped(synopsis(program, declaration))}\n`,
    ...paragraphs(description).map(paragraph),
    tagged(positionalRows(positionals)),
    tagged(optionRows(options)),
    ...settingsNotes(declaration).map(paragraph),
    ...paragraphs((await details?.()) ?? '').map(paragraph),
  ].join('');
}

/** Each setting once, however many commands have it. */
function environmentRows(commands: readonly Command[]): Row[] {
  const rows = commands.flatMap(({ declaration }) =>
    Object.entries(declaration.options).flatMap(([key, option]): Row[] =>
      option.isSetting ? [[variable(key), option.help]] : [],
    ),
  );
  if (rows.length > 0) rows.push([variable('config'), 'settings file to read instead of the usual one']);
  return [...new Map(rows)];
}

function tagged(rows: readonly Row[]): string {
  return rows.map(([left, right]) => `.TP\n.B ${escaped(left)}\n${guarded(escaped(right))}\n`).join('');
}

function paragraph(text: string): string {
  return `.PP\n${guarded(escaped(text))}\n`;
}

function example(line: string): string {
  return `.PP\n.nf\n${guarded(escaped(line))}\n.fi\n`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('…', '\\[u2026]');
}

/** A dot or a quote at the start of a line would be a request. */
function guarded(text: string): string {
  return text.replaceAll(/^[.']/gm, '\\&$&');
}
