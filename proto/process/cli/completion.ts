import { kebab, type Declaration, type Program } from './declaration.ts';
import { builtIns, type shells } from './built-ins.ts';
import type { Option } from './options.ts';

export type Shell = (typeof shells)[number];

/** A script that completes a program's commands, options and their values in one shell. */
export function completionScript(program: Program, shell: Shell): string {
  const commands = [...program.commands, ...builtIns(program)].map(({ declaration }) => declaration);
  return { bash, zsh, fish }[shell](program.name, commands);
}

/** What can follow an option or stand as an argument: one of some words, or a file. */
function candidates({ value, choices }: Option<unknown>): readonly string[] | 'files' | undefined {
  if (choices !== undefined) return choices;
  return value !== undefined && /FILE|DIR|PATH/.test(value) ? 'files' : undefined;
}

function optionsOf({ options }: Declaration): [typed: string, option: Option<unknown>][] {
  return Object.entries(options).map(([key, option]) => [`--${kebab(key)}`, option]);
}

/** First words, and after a word that is not a command by itself its second words. */
function wordsOf(commands: readonly Declaration[]): { first: string[]; second: Map<string, string[]> } {
  const second = new Map<string, string[]>();
  for (const { name } of commands) {
    const [head = '', tail] = name.split(' ');
    if (tail !== undefined) second.set(head, [...(second.get(head) ?? []), tail]);
  }
  return { first: [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))], second };
}

/** The words that stand at the first positional argument. @param commands first words of commands, for "help" */
function argumentWords({ name, positionals }: Declaration, commands: readonly string[]): readonly string[] {
  if (name === 'help') return commands;
  const [first] = Object.values(positionals);
  const found = first === undefined ? undefined : candidates(first);
  return Array.isArray(found) ? found : [];
}

function bash(program: string, commands: readonly Declaration[]): string {
  const { first, second } = wordsOf(commands);
  const name = `_${program.replaceAll('-', '_')}`;
  const groups = [...second].map(
    ([head, tails]) =>
      `    "${head}") COMPREPLY=($(compgen -W '${tails.join(' ')}' -- "$current")); return ;;\n`,
  );
  const values = commands.flatMap((declaration) =>
    optionsOf(declaration).flatMap(([typed, option]) => {
      const found = candidates(option);
      if (option.value === undefined) return [];
      const answer =
        found === 'files'
          ? 'COMPREPLY=($(compgen -f -- "$current"))'
          : `COMPREPLY=($(compgen -W '${(found ?? []).join(' ')}' -- "$current"))`;
      return [`    "${declaration.name} ${typed}") ${answer}; return ;;\n`];
    }),
  );
  const words = commands.map((declaration) => {
    const options = optionsOf(declaration).map(([typed]) => typed);
    const all = [...options, '--help', ...argumentWords(declaration, first)];
    return `    "${declaration.name}") words='${all.join(' ')}' ;;\n`;
  });
  const pairs = [...second].flatMap(([head, tails]) => tails.map((tail) => `"${head} ${tail}"`));
  return `# Completion of ${program} for bash; source it, or put it where bash-completion looks.
${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} words=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${first.join(' ')} --help --version' -- "$current"))
    return
  fi
  if [ "$COMP_CWORD" -eq 2 ]; then
    case "$command" in
${groups.join('')}    esac
  fi
${pairs.length === 0 ? '' : `  case "$command \${COMP_WORDS[2]}" in ${pairs.join('|')}) command="$command \${COMP_WORDS[2]}" ;; esac\n`}  case "$command $previous" in
${values.join('')}  esac
  case "$command" in
${words.join('')}  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  case "$current" in -*) ;; *) [ "\${#COMPREPLY[@]}" -gt 0 ] || COMPREPLY=($(compgen -f -- "$current")) ;; esac
}
complete -o filenames -F ${name} ${program}
`;
}

function zsh(program: string, commands: readonly Declaration[]): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const described = (text: string): string => text.replaceAll(/[[\]:\\]/g, '\\$&');
  const { first, second } = wordsOf(commands);
  const specs = (declaration: Declaration): string[] => [
    ...optionsOf(declaration).map(([typed, option]) => {
      const found = candidates(option);
      const action = found === 'files' ? '_files' : found === undefined ? '' : `(${found.join(' ')})`;
      const star = option.times === 'many' ? '*' : '';
      const value = option.value === undefined ? '' : `:${described(option.value)}:${action}`;
      return quoted(`${star}${typed}[${described(option.help)}]${value}`);
    }),
    quoted('(- *)--help[print this help]'),
    ...(argumentWords(declaration, first).length > 0
      ? [quoted(`1:argument:(${argumentWords(declaration, first).join(' ')})`)]
      : []),
    quoted('*:file:_files'),
  ];
  const summaries = first.map((word) => {
    const found = commands.find(({ name }) => name === word);
    return `    ${quoted(`${word}:${described(found?.summary ?? (second.get(word) ?? []).join(', '))}`)}\n`;
  });
  const cases = commands.map((declaration) => {
    const [head = '', tail] = declaration.name.split(' ');
    const pattern = tail === undefined ? head : `"${head} ${tail}"`;
    return `    ${pattern}) _arguments ${specs(declaration).join(' ')} ;;\n`;
  });
  const groups = [...second].map(([head, tails]) => {
    const pattern = tails.map((tail) => `"${tail}"`).join('|');
    return `  if [[ $command == ${head} ]]; then
    if (( CURRENT == 2 )); then compadd ${tails.join(' ')}; return; fi
    case $words[2] in ${pattern}) command="$command $words[2]"; shift words; (( CURRENT-- )) ;; esac
  fi
`;
  });
  const name = `_${program.replaceAll('-', '_')}`;
  return `#compdef ${program}
# Completion of ${program} for zsh; put it as _${program} where fpath looks.
${name}() {
  local -a commands
  commands=(
${summaries.join('')}  )
  if (( CURRENT == 2 )); then
    if [[ $PREFIX == -* ]]; then compadd -- --help --version; else _describe command commands; fi
    return
  fi
  shift words; (( CURRENT-- ))
  local command=$words[1]
${groups.join('')}  case $command in
${cases.join('')}  esac
}
compdef ${name} ${program}
`;
}

function fish(program: string, commands: readonly Declaration[]): string {
  const quoted = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
  const { first, second } = wordsOf(commands);
  const lines = [
    `complete -c ${program} -s h -l help -d 'print this help'`,
    `complete -c ${program} -n __fish_use_subcommand -l version -d 'print the version'`,
  ];
  for (const word of first) {
    const found = commands.find(({ name }) => name === word);
    const summary = found?.summary ?? (second.get(word) ?? []).join(', ');
    lines.push(`complete -c ${program} -n __fish_use_subcommand -f -a ${word} -d ${quoted(summary)}`);
  }
  for (const [head, tails] of second)
    lines.push(
      `complete -c ${program} -n '__fish_seen_subcommand_from ${head}; and not __fish_seen_subcommand_from ${tails.join(' ')}' -f -a ${quoted(tails.join(' '))}`,
    );
  for (const declaration of commands) {
    const seen = declaration.name.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
    const when = `-n ${quoted(seen.join('; and '))}`;
    for (const [typed, option] of optionsOf(declaration)) {
      const found = candidates(option);
      const value =
        option.value === undefined
          ? ''
          : found === 'files'
            ? ' -r -F'
            : ` -x${found === undefined ? '' : ` -a ${quoted(found.join(' '))}`}`;
      lines.push(`complete -c ${program} ${when} -l ${typed.slice(2)}${value} -d ${quoted(option.help)}`);
    }
    const words = argumentWords(declaration, first);
    if (words.length > 0) lines.push(`complete -c ${program} ${when} -f -a ${quoted(words.join(' '))}`);
  }
  return `# Completion of ${program} for fish; put it in ~/.config/fish/completions.\n${lines.join('\n')}\n`;
}
