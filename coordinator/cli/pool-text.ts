import type { Pool__Output } from '../../proto/gen/parbake/v1/Pool.ts';
import { millisecondsOf } from '../../proto/wire/time.ts';
import { printable, table } from '../insight/format.ts';

/** `OK`, `BREAKER_OPEN`, … ; `NEW` before the first plan. */
export function conditionName({ condition }: Pick<Pool__Output, 'condition'>): string {
  const name = condition.replace('POOL_CONDITION_', '');
  return name === 'UNSPECIFIED' ? 'NEW' : name;
}

export const poolHeader: readonly string[] = [
  ...['POOL', 'CONDITION', 'TARGET', 'READY', 'COMING'],
  ...['ASSIGNED', 'SILENT', 'QUARANTINED', 'OUTDATED', 'ENDING'],
];

/** What a line about one pool says. */
export function poolCells(pool: Pool__Output): string[] {
  const { target, ready, assigned, silent, quarantined, outdated, ending } = pool;
  const coming = pool.expected + pool.preparing + pool.launching;
  const figures = [target, ready, coming, assigned, silent, quarantined, outdated, ending];
  return [pool.spec?.name ?? '', conditionName(pool), ...figures.map(String)];
}

export function poolTable(pools: readonly Pool__Output[]): string {
  return table(poolHeader, pools.map(poolCells));
}

/** One line for each term, and one for each problem. */
export function explainText(pool: Pool__Output): string {
  const terms = pool.terms.map(({ name, value, meaning }) => [name, String(value), printable(meaning)]);
  const problems = pool.problems.map(({ code, message, expireTime }) => [
    printable(code),
    printable(message),
    expireTime === null ? 'until it changes' : `until ${new Date(millisecondsOf(expireTime)).toISOString()}`,
  ]);
  return [
    poolTable([pool]),
    ...(terms.length > 0 ? [table(['TERM', 'VALUE', 'MEANING'], terms)] : []),
    ...(problems.length > 0 ? [table(['PROBLEM', 'MEANING', 'HOW LONG'], problems)] : []),
  ].join('\n');
}

export function poolDocument(pool: Pool__Output) {
  const { spec, terms, problems, condition: _, ...counts } = pool;
  return {
    name: spec?.name ?? '',
    image: spec?.imageId ?? '',
    max: spec?.max ?? 0,
    condition: conditionName(pool),
    ...counts,
    terms,
    problems: problems.map(({ code, message, expireTime }) => ({
      code,
      message,
      expire_time: expireTime === null ? null : new Date(millisecondsOf(expireTime)).toISOString(),
    })),
  };
}
