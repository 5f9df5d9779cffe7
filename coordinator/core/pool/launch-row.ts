import { offeringKey, type LaunchRequest, type RefusalKind } from './provider.ts';

/** What a failed call makes of its row. */
export type AfterRefusal =
  /** The same bytes again: it may have launched. */
  | { kind: 'retry'; after: number }
  /** The token is taken by another call, so only a listing says what became of this one. */
  | { kind: 'look' }
  /** Nothing was launched. */
  | { kind: 'refused'; block?: Block };

/** An offering, or a group of them, that is not asked for a while. */
export interface Block {
  /** `market:type:subnet`, with `*` for any. */
  key: string;
  /** Milliseconds; it doubles with each refusal in a row, up to `max`. */
  first: number;
  max: number;
}

const minute = 60_000;
/** Milliseconds: the bounds of a call that is made again. */
const retryBounds = { first: 1_000, max: minute };

/**
 * What follows from an error. A token never moves to another zone, type or call: what is still wanted after a refusal gets a
 * new row.
 * @param tries calls so far, the failed one included
 * @param random 0 to 1
 */
export function afterRefusal(
  kind: RefusalKind,
  request: LaunchRequest,
  tries: number,
  random: number,
): AfterRefusal {
  const { market, instanceType, subnetId } = request;
  switch (kind) {
    case 'throttled':
    case 'unknown': {
      const bound = Math.min(retryBounds.max, retryBounds.first * 2 ** Math.min(tries - 1, 16));
      return { kind: 'retry', after: Math.round(bound * (0.5 + random / 2)) };
    }
    case 'mismatch':
      return { kind: 'look' };
    case 'capacity':
      return refused(offeringKey(request), 3 * minute, 30 * minute);
    case 'quota':
      return refused(`${market}:*:*`, 5 * minute, 5 * minute);
    case 'subnet':
      return refused(`*:*:${subnetId}`, 5 * minute, 30 * minute);
    case 'unsupported':
      return refused(`*:${instanceType}:${subnetId}`, 1_440 * minute, 1_440 * minute);
    case 'account':
      return refused('*:*:*', 5 * minute, 30 * minute);
    case 'spec':
      return { kind: 'refused' };
  }
}

function refused(key: string, first: number, max: number): AfterRefusal {
  return { kind: 'refused', block: { key, first, max } };
}

/** The keys under which an offering can be blocked. */
export function blockKeys(offering: Parameters<typeof offeringKey>[0]): string[] {
  const { market, instanceType, subnetId } = offering;
  return [
    offeringKey(offering),
    `${market}:*:*`,
    `*:*:${subnetId}`,
    `*:${instanceType}:${subnetId}`,
    '*:*:*',
  ];
}

/** Milliseconds after which a row without an answer is looked up in listings instead of asked again. */
export const lookAfter = 15 * minute;
/** Whole listings without any machine of the row after which it is abandoned. */
export const looksBeforeAbandon = 3;
