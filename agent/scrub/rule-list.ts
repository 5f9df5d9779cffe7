import { placeText } from './rules/place-text.ts';
import type { ScrubRule } from './rules/rule.ts';

/** The rules for programs. */
export function rulesDocument(rules: readonly ScrubRule[]) {
  return {
    rules: rules.map(({ id, scope, what, reason, why, regeneratedBy, stopFirst, paths }) => ({
      ...{ id, scope, what, reason, why, regenerated_by: regeneratedBy, stop_first: stopFirst },
      paths: paths.map(lineOf),
    })),
  };
}

/** The rules for people. */
export function rulesText(rules: readonly ScrubRule[]): string {
  return rules
    .map(({ id, scope, what, reason, paths }) => {
      const places = paths.map((path) => `  ${lineOf(path)}\n`).join('');
      return `${id} (${scope}, ${reason}): ${what}\n${places}`;
    })
    .join('');
}

function lineOf(path: ScrubRule['paths'][number]): string {
  const { place, notes } = placeText(path);
  return notes.length === 0 ? place : `${place} (${notes.join('; ')})`;
}
