import { expect, test } from 'vitest';
import { traceparentOf } from '../../coordinator/core/traceparent.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

test.each([
  [`00-${traceId}-${spanId}-01`, 1],
  [`00-${traceId}-${spanId}-00`, 0],
  // A later version may say more; what is known of it holds.
  [`01-${traceId}-${spanId}-01-more`, 1],
])('%s is a place in a trace', (header, traceFlags) => {
  expect(traceparentOf(header)).toEqual({ traceId, spanId, traceFlags });
});

test.each([
  '',
  'nonsense',
  `00-${traceId}-${spanId}`,
  `00-${traceId}-${spanId}-01-more`,
  `00-${traceId}-${spanId}-0g`,
  `ff-${traceId}-${spanId}-01`,
  `00-${'0'.repeat(32)}-${spanId}-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
  `00-${traceId.toUpperCase()}-${spanId}-01`,
])('"%s" is none', (header) => {
  expect(traceparentOf(header)).toBeUndefined();
});
