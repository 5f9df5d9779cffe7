/** Text that is already HTML. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = Html | string | number | readonly (Html | string)[] | undefined;

const signs: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Makes HTML out of a template. Everything that is filled in is escaped, but for what was made this way itself. */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  const text = parts.map((part, index) => `${part}${textOf(values[index])}`).join('');
  return new Html(text);
}

function textOf(value: Value): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map((one) => textOf(one)).join('');
  // Control characters, such as a bell or an escape sequence, are shown by their codes.
  return String(value)
    .replaceAll(/[&<>"']/g, (sign) => signs[sign] ?? sign)
    .replaceAll(/\p{Cc}/gu, (sign) => (sign === '\n' || sign === '\t' ? sign : '\u{fffd}'));
}
