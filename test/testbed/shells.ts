import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { command } from './command.ts';
import { unpackDebianPackages } from './debian-packages.ts';
import { madeOnce } from './made-once.ts';

const cache = '/var/cache/parbake/shells-bookworm';
const packages = ['zsh', 'zsh-common', 'fish', 'fish-common', 'libpcre2-32-0'];

/** Shells that complete command lines as they do for a person. */
export interface Shells {
  /** @returns what fish offers for the last word of a line, each without its description */
  offeredByFish(script: string, line: string): Promise<string[]>;
  /** @returns each line as it is in zsh after its last word was completed with a tab */
  completedByZsh(script: string, lines: readonly string[]): Promise<string[]>;
}

/**
 * Unpacks zsh and fish of Debian without installing them, once.
 * @param home a directory of the test's own
 */
export async function unpackShells(home: string): Promise<Shells> {
  const root = await madeOnce(cache, async (making) => {
    await unpackDebianPackages('bookworm', packages, making);
    // With it, fish finds its own files beside its program.
    mkdirSync(join(making, 'usr/etc/fish'), { recursive: true });
  });
  const libraries = join(root, 'usr/lib/x86_64-linux-gnu');
  const env = { PATH: process.env['PATH'], HOME: home, LD_LIBRARY_PATH: libraries };
  return {
    async offeredByFish(script, line) {
      const commands = `source ${script}; complete -C ${JSON.stringify(line)}`;
      const offered = await command(join(root, 'usr/bin/fish'), ['--no-config', '-c', commands], { env });
      return offered
        .trim()
        .split('\n')
        .map((each) => each.split('\t')[0] ?? '');
    },
    async completedByZsh(script, lines) {
      const args = ['-f', '-c', zshDriver, 'driver', root, script, home, ...lines];
      return (await command(join(root, 'bin/zsh'), args, { env })).trimEnd().split('\n');
    },
  };
}

/** Types each line and a tab into an interactive zsh on a terminal of its own, then a key that shows the line. */
const zshDriver = String.raw`
root=$1 script=$2 home=$3
shift 3
module_path=($root/usr/lib/x86_64-linux-gnu/zsh/5.9)
places=($root/usr/share/zsh/functions $root/usr/share/zsh/functions/**/*(/N))
zmodload zsh/zpty
zpty shell "TERM=dumb HOME=$home $root/bin/zsh -f -i"
zpty -w shell "module_path=($module_path); fpath=($places); PS1=; unsetopt beep; autoload -Uz compinit && compinit -u -D; source $script"
zpty -w shell "show() { print -r -- \"<<\$BUFFER>>\"; zle kill-whole-line }; zle -N show; bindkey '^X' show; bindkey '^I' complete-word; print begin"
zpty -r shell out '*begin*begin*'
for line; do
  zpty -n -w shell "$line"$'\t\x18'
  zpty -r shell out '*<<*>>*'
  [[ $out =~ '<<(.*)>>' ]] && print -r -- $match[1]
done
zpty -d shell
`;
