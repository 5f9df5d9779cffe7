import type { RestartPolicy } from './role.ts';

/** `no`, `always`, `on-failure` or `on-failure:N`, as in Docker and Compose. @returns undefined for anything else */
export function parseRestart(text: string): RestartPolicy | undefined {
  if (text === 'no' || text === 'always' || text === 'on-failure') return { name: text };
  const retries = /^on-failure:([1-9]\d{0,3})$/.exec(text)?.[1];
  return retries === undefined ? undefined : { name: 'on-failure', maxRetries: Number(retries) };
}
