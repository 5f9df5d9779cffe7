import type { Key, Section, Value } from '../../proto/recipe/value.ts';

function typeOf(value: Value): string {
  switch (value.kind) {
    case 'text':
      return value.type;
    case 'integer':
      return `whole number, ${value.min} to ${value.max}`;
    case 'boolean':
      return '`true` or `false`';
    case 'list':
      return `list: ${typeOf(value.of)}`;
    case 'section':
      return `mapping: [${value.section.name}](#${value.section.name})`;
    case 'entries':
      return `mapping: ${value.name.type} to ${typeOf(value.of)}`;
    case 'either':
      return [value.text, value.list, value.mapping]
        .flatMap((each) => (each === undefined ? [] : [typeOf(each)]))
        .join(', or ');
  }
}

function row([name, { value, required, default: usual, meaning, example }]: [string, Key]): string {
  const standing = required === true ? '**required**' : (usual ?? '');
  return `| \`${name}\` | ${typeOf(value)} | ${standing} | ${meaning} | \`${example}\` |`.replaceAll(
    '||',
    '\\|\\|',
  );
}

/** A section of a YAML file as a chapter of its reference. */
export function chapter({ name, keys, exactlyOne, hints }: Section): string {
  const one =
    exactlyOne === undefined
      ? ''
      : `\nExactly one of ${exactlyOne.map((key) => `\`${key}\``).join(', ')} is required.\n`;
  const others = Object.entries(hints ?? {}).map(([key, hint]) => `| \`${key}\` | ${hint} |`);
  const compose =
    others.length === 0
      ? ''
      : `\nKeys of other formats that are refused here, and what to write instead:\n\n| key | instead |\n|---|---|\n${others.join('\n')}\n`;
  return `## ${name}
${one}
| key | type | default | meaning | example |
|---|---|---|---|---|
${Object.entries(keys).map(row).join('\n')}
${compose}`;
}
