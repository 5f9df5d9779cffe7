import { execFileSync } from 'node:child_process';

/** The manual page of a program in roff, which it prints itself. @param bundle the program's file */
export function manualPage(bundle: string): string {
  return execFileSync(process.execPath, [bundle, 'man'], { encoding: 'utf8' });
}

/** Where each shell looks for the completion of a program, and the script that the program prints. */
export function completions(program: string, bundle: string): [path: string, script: string][] {
  const script = (shell: string): string =>
    execFileSync(process.execPath, [bundle, 'completion', shell], { encoding: 'utf8' });
  return [
    [`usr/share/bash-completion/completions/${program}`, script('bash')],
    [`usr/share/zsh/vendor-completions/_${program}`, script('zsh')],
    [`usr/share/fish/vendor_completions.d/${program}.fish`, script('fish')],
  ];
}
