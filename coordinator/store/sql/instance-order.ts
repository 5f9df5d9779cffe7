import type { InstanceOrder } from '../fleet.ts';

/** How each order continues after the instance `?1`, and its columns. Only the order by id survives that one's removal. */
export const instanceOrder: Readonly<Record<InstanceOrder, { after: string; by: string }>> = {
  ID: { after: 'instance_id > ?1', by: 'instance_id' },
  STATE: { after: afterIn('state', '>'), by: 'state, instance_id' },
  CHECK_IN: { after: afterIn('check_in_time', '<'), by: 'check_in_time DESC, instance_id DESC' },
  CHANGE: { after: afterIn('state_time', '<'), by: 'state_time DESC, instance_id DESC' },
};

function afterIn(column: string, comparison: '<' | '>'): string {
  return `(?1 = '' OR (${column}, instance_id) ${comparison}
    (SELECT ${column}, instance_id FROM instance WHERE instance_id = ?1))`;
}
