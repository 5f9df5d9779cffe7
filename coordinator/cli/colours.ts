import colours from 'picocolors';

const { blue, cyan, green, magenta, yellow } = colours.createColors(true);

/** Colours by the first part of a step's name. Other steps have the terminal's own colour. */
const byKind: Readonly<Record<string, (text: string) => string>> = {
  boot: blue,
  agent: cyan,
  docker: blue,
  image: yellow,
  replay: magenta,
  prepare: cyan,
  container: green,
  assignment: green,
};

/** @param name of the step, such as `container.create`. @param isFine whether the terminal shows colours */
export function coloured(text: string, name: string, isFine: boolean): string {
  const colour = isFine ? byKind[name.split('.')[0] ?? ''] : undefined;
  return colour === undefined ? text : colour(text);
}
