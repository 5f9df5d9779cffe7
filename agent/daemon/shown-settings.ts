import { kebab, type Origin, type Settings } from '../../proto/process/cli/declaration.ts';

/** One setting of the daemon, as `parbake-agent status` shows it. */
export interface ShownSetting {
  /** As on the command line, without the dashes. */
  name: string;
  /** Empty when it is not set. */
  value: string;
  origin: Origin;
  /** The exact place; empty for a default. */
  where: string;
}

/** Characters of a value: paths and addresses are shorter. */
const maxLength = 300;

/** Settings by name. A key or certificate that stands where its file's path belongs is not repeated. */
export function shownSettings(settings: Settings): ShownSetting[] {
  return Object.entries(settings)
    .map(([key, { text = '', origin, where }]) => ({ name: kebab(key), value: shown(text), origin, where }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Compares codes: a property of Unicode in an expression would keep data of ICU in the daemon's memory. */
function hasControls(text: string): boolean {
  return Array.from(text).some(
    (character) => character < ' ' || (character >= '\u007f' && character <= '\u009f'),
  );
}

function shown(text: string): string {
  if (text.includes('-----BEGIN') || hasControls(text)) return '(hidden: not one line of text)';
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}
