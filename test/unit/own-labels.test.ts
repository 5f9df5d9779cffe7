import { describe, expect, test } from 'vitest';
import { newPlaceKey, placeKeyBytes, placeKeyFrom } from '../../agent/core/order/place-key.ts';
import { OwnLabels, type LabelledContainer } from '../../agent/docker/own-labels.ts';

const aKey = (byte: number) => ({ bytes: Buffer.alloc(32, byte), keep: () => {} });
const own = new OwnLabels(aKey(1));
const key = newPlaceKey(Buffer.alloc(placeKeyBytes, 7));
const container: LabelledContainer = {
  name: 'app',
  role: 'web',
  assignmentId: '',
  level: 'gate',
  gateKey: key,
  holdKey: undefined,
  filesKey: undefined,
};

describe('the labels of a container', () => {
  test('are read back by the agent that wrote them, also after a restart', () => {
    const written = own.write('web-app-1', container);
    expect(new OwnLabels(aKey(1)).read(['/web-app-1'], written)).toEqual(container);
  });

  test('name every label, so that none comes from the image', () => {
    const without = own.write('web-app-1', { ...container, gateKey: undefined, level: 'none' });
    expect(Object.keys(without).sort()).toEqual([
      ...['dev.parbake.assignment', 'dev.parbake.container', 'dev.parbake.files', 'dev.parbake.gate'],
      ...['dev.parbake.hold', 'dev.parbake.prepared', 'dev.parbake.role', 'dev.parbake.seal'],
    ]);
    const image = { 'dev.parbake.gate': '../../../../etc', 'dev.parbake.assignment': 'as-1' };
    expect(own.read(['/web-app-1'], { ...image, ...without })).toMatchObject({
      gateKey: undefined,
      assignmentId: '',
    });
  });

  test.each([
    ['of an image', { 'dev.parbake.container': 'app', 'dev.parbake.gate': '../..', 'dev.parbake.seal': '' }],
    ['of another agent', new OwnLabels(aKey(2)).write('web-app-1', container)],
    ['of a container with another name', own.write('web-app-2', container)],
    ['with one changed', { ...own.write('web-app-1', container), 'dev.parbake.role': 'other' }],
    ['with a place of its own', { ...own.write('web-app-1', container), 'dev.parbake.hold': key }],
    ['with a text for a seal', { ...own.write('web-app-1', container), 'dev.parbake.seal': '\u0000…' }],
    ['without a seal', {}],
  ])('%s do not make a container ours', (_, labels) => {
    expect(own.read(['/web-app-1'], labels)).toBeUndefined();
  });
});

test.each(['', '..', '../x', 'a/b', '0123456789a', '0123456789abc', '0123456789AB', '0123456789ab\n', '\0'])(
  'the key %j names no place',
  (text) => {
    expect(placeKeyFrom(text)).toBeUndefined();
  },
);
