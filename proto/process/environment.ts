import type { ParseArgsOptionsConfig } from 'node:util';

/**
 * Takes what an option's variable says as its default: that of `--tls-ca` is PARBAKE_TLS_CA. A flag is on with `1`, `on` or
 * `true`; an option that may be repeated takes several values with spaces between them. An empty variable says nothing.
 */
export function withEnvironment<const T extends ParseArgsOptionsConfig>(
  options: T,
  env: Readonly<Record<string, string | undefined>>,
): T {
  const entries = Object.entries(options).map(([name, option]) => {
    const value = env[variableOf(name)]?.trim();
    if (value === undefined || value === '') return [name, option];
    if (option.type === 'boolean') return [name, { ...option, default: ['1', 'on', 'true'].includes(value) }];
    return [name, { ...option, default: option.multiple === true ? value.split(/\s+/) : value }];
  });
  return Object.fromEntries(entries) as T;
}

function variableOf(option: string): string {
  return `PARBAKE_${option.toUpperCase().replaceAll('-', '_')}`;
}
