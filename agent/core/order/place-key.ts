/** Names the directory of one container's gate or files. Hexadecimal, so it never leads out of the directory above. */
export type PlaceKey = string & { readonly placeKey: unique symbol };

export const placeKeyBytes = 6;

/** @param random as many bytes as `placeKeyBytes` says */
export function newPlaceKey(random: Buffer): PlaceKey {
  return random.toString('hex') as PlaceKey;
}

/** @returns undefined for a text that `newPlaceKey` did not make */
export function placeKeyFrom(text: string): PlaceKey | undefined {
  return /^[0-9a-f]{12}$/.test(text) ? (text as PlaceKey) : undefined;
}
