import { access, commandsOf, recover, type CommandName } from '../../coordinator/store/sql/commands.ts';
import type { Database, Value } from '../../coordinator/store/sql/database.ts';
import type { UseCases } from '../../coordinator/store/store.ts';
import { NotingDatabase } from './noting-database.ts';
import { liveThrough } from './store-story.ts';

/** Tables that have rows of what is over: reading one of them whole takes longer with every day. */
export const keptTables: readonly string[] = [
  ...['assignment', 'audit', 'instance', 'launch', 'machine', 'report', 'reported'],
  ...['route', 'sample_block', 'span', 'trust', 'usage'],
];

export interface NotedStatement {
  useCase: string;
  sql: string;
  values: readonly Value[];
}

/** A node of a plan of PostgreSQL, as far as it counts here. */
interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Plans?: PlanNode[];
}

/** How PostgreSQL carries out a statement, without what it has learnt about its tables: all nodes of the plan. */
export async function postgresPlan(
  db: Database,
  { sql, values }: Pick<NotedStatement, 'sql' | 'values'>,
): Promise<PlanNode[]> {
  const [row] = await db.transaction(() => db.all(`EXPLAIN (FORMAT JSON) ${sql}`, ...values));
  const [{ Plan: root }] = JSON.parse(String(row?.['QUERY PLAN'])) as [{ Plan: PlanNode }];
  const below = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(below)];
  return below(root);
}

/** @returns the kept tables that are read whole, by themselves or by an index of all of their rows */
export function readWhole(nodes: readonly PlanNode[], partialIndexes: readonly string[]): string[] {
  return nodes.flatMap((node) => {
    const { 'Relation Name': table = '', 'Index Name': index = '', 'Index Cond': condition } = node;
    const isWhole =
      node['Node Type'] === 'Seq Scan' ||
      (index !== '' && condition === undefined && !partialIndexes.includes(index));
    return isWhole && keptTables.includes(table) ? [table] : [];
  });
}

/** Every statement that a coordinator carries out while nobody lists anything. */
export async function statementsOf(db: Database): Promise<NotedStatement[]> {
  const noted = new Map<string, NotedStatement>();
  let useCase = 'recover';
  const noting = new NotingDatabase(db, (sql, values) => noted.set(sql, { useCase, sql, values }));
  const commands = commandsOf(noting, () => 10_000);
  const each = (Object.keys(access) as CommandName[]).map((name) => {
    // Its caller is typed by the same interface.
    const command = commands[name] as (...args: readonly unknown[]) => Promise<unknown>;
    const carryOut = (...args: readonly unknown[]): Promise<unknown> =>
      db.transaction(async () => {
        useCase = name;
        return await command(...args);
      });
    return [name, carryOut];
  });
  await db.transaction(() => recover(noting));
  await liveThrough(Object.fromEntries(each) as UseCases);
  return [...noted.values()];
}
