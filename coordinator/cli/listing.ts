import { stringify } from 'yaml';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { choice, text } from '../../proto/process/cli/options.ts';
import type { Values } from '../../proto/process/cli/declaration.ts';
import { table } from '../insight/format.ts';
import { connectionOptions } from './client.ts';

/** Options of every command that prints a list. */
export const listOptions = {
  output: choice(['table', 'json', 'yaml'], 'how to print it (default: table; --json is --output json)'),
  columns: text('NAMES', 'only these columns of the table, in this order, such as instance,state'),
  sort: text('COLUMN', 'sort the table by this column; -COLUMN for the opposite order'),
  ...connectionOptions,
};

type ListValues = Pick<Values<typeof listOptions>, 'output' | 'columns' | 'sort' | 'json'>;

/** What a table shows of one thing in one column, and what it is sorted by where that is not the text. */
export type Cell = string | { text: string; by: number };

export interface Listing<Item> {
  /** The names in capitals, as the table shows them. */
  header: readonly string[];
  items: readonly Item[];
  cellsOf: (item: Item) => readonly Cell[];
  /** What --output json and yaml print. */
  document: () => object;
}

/** The form that a person or a program wants. @throws ParbakeError USAGE for options that exclude each other */
export function outputOf({ output, json, columns, sort }: ListValues): 'table' | 'json' | 'yaml' {
  if (json && output !== undefined && output !== 'json')
    throw new ParbakeError('USAGE', `--json and --output ${output} exclude each other: give one of them`);
  const wanted = json ? 'json' : (output ?? 'table');
  if (wanted !== 'table' && (columns !== undefined || sort !== undefined))
    throw new ParbakeError(
      'USAGE',
      `--columns and --sort are for the table; --output ${wanted} prints everything`,
    );
  return wanted;
}

/** The output of a command that follows changes, with a line for each. @throws ParbakeError USAGE for YAML, and for what needs a list */
export function watchOutputOf(values: ListValues): { json: boolean } {
  const output = outputOf(values);
  if (output === 'yaml' || values.columns !== undefined || values.sort !== undefined)
    throw new ParbakeError(
      'USAGE',
      '--watch prints a line for each change: it takes --output table or json alone',
    );
  return { json: output === 'json' };
}

/** Prints a list as it is wanted. @throws ParbakeError USAGE, also for a column that there is not */
export function listText<Item>(values: ListValues, listing: Listing<Item>): string {
  const output = outputOf(values);
  if (output === 'json') return `${JSON.stringify(listing.document())}\n`;
  // The document as JSON has it: without what is undefined.
  if (output === 'yaml') return stringify(JSON.parse(JSON.stringify(listing.document())));
  const { header, items, cellsOf } = listing;
  const { columns, sort } = values;
  const rows = items.map(cellsOf);
  if (sort !== undefined) sortRows(rows, header, sort);
  const shown = columns?.split(',').map((name) => columnOf(header, name.trim(), '--columns'));
  const wanted = shown ?? header.map((_, index) => index);
  return table(
    wanted.map((index) => header[index] ?? ''),
    rows.map((row) => wanted.map((index) => textOf(row[index] ?? ''))),
  );
}

/** Digits count as numbers, so that i-9 comes before i-10. */
const order = new Intl.Collator('en', { numeric: true });

function sortRows(rows: (readonly Cell[])[], header: readonly string[], sort: string): void {
  const isReversed = sort.startsWith('-');
  const column = columnOf(header, isReversed ? sort.slice(1) : sort, '--sort');
  const sign = isReversed ? -1 : 1;
  rows.sort((a, b) => {
    const [one, other] = [a[column] ?? '', b[column] ?? ''];
    if (typeof one !== 'string' && typeof other !== 'string') return sign * (one.by - other.by);
    return sign * order.compare(textOf(one), textOf(other));
  });
}

/** Columns are named as in the table, in small letters and with hyphens. @throws ParbakeError USAGE */
function columnOf(header: readonly string[], name: string, option: string): number {
  const names = header.map((title) => title.toLowerCase().replaceAll(' ', '-'));
  const index = names.indexOf(name.toLowerCase());
  if (index === -1)
    throw new ParbakeError('USAGE', `${option}: there is no column "${name}", but ${names.join(', ')}`);
  return index;
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}
