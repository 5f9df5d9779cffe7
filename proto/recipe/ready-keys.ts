import { duration, regularExpression, urlPath } from './formats.ts';
import { declared, port, section } from './key-shapes.ts';
import type { Key, TextValue } from './value.ts';

const portKey = {
  value: port,
  required: true,
  meaning: 'The port that the container listens on; it need not be published.',
  example: 'port: 8080',
} satisfies Key;

export const httpSection = declared({
  name: 'http',
  keys: {
    port: portKey,
    path: {
      value: urlPath,
      default: '`/`',
      meaning: 'The path that is asked for with GET. Any status from 200 to 399 counts as ready.',
      example: 'path: /healthz',
    },
  },
});

export const tcpSection = declared({ name: 'tcp', keys: { port: portKey } });

export const readySection = declared({
  name: 'ready',
  exactlyOne: ['http', 'tcp', 'log'],
  keys: {
    http: {
      value: section(httpSection),
      meaning: 'Ready once an HTTP request is answered.',
      example: 'http: { port: 8080, path: /healthz }',
    },
    tcp: {
      value: section(tcpSection),
      meaning: 'Ready once a TCP connection is accepted.',
      example: 'tcp: { port: 5432 }',
    },
    log: {
      value: regularExpression,
      meaning:
        'Ready once a line of the output (stdout or stderr) matches: a JavaScript regular expression, with Unicode.',
      example: 'log: "ready to accept connections"',
    },
    timeout: {
      value: duration('1s', '1h'),
      default: '`60s`',
      meaning:
        'How long the container may take from its start until it is ready. After that the assignment fails with READINESS_TIMEOUT.',
      example: 'timeout: 90s',
    },
  },
});

/** A key that is there or not. */
const yes: TextValue<true> = {
  kind: 'text',
  type: '`true`',
  booleans: true,
  pattern: /^true$/,
  parse: (given, key) =>
    given === 'true' ? { ok: true, value: true } : { ok: false, reason: `${key} is true, or left out` },
};

export const heldSection = declared({
  name: 'held',
  exactlyOne: ['reads', 'http', 'tcp', 'log'],
  keys: {
    reads: {
      value: yes,
      meaning: 'Held once it has opened its order.',
      example: 'reads: true',
    },
    http: {
      value: section(httpSection),
      meaning: 'Held once an HTTP request was answered, and it has opened its order.',
      example: 'http: { port: 8080, path: /warm }',
    },
    tcp: {
      value: section(tcpSection),
      meaning: 'Held once a TCP connection was accepted, and it has opened its order.',
      example: 'tcp: { port: 8080 }',
    },
    log: {
      value: regularExpression,
      meaning:
        'Held once a line of the output (stdout or stderr) matches, a JavaScript regular expression with Unicode, and it has opened its order.',
      example: 'log: "models loaded"',
    },
    timeout: {
      value: duration('1s', '1h'),
      default: '`60s`',
      meaning:
        'How long it may take from its start until it is held. After that the preparation fails with READINESS_TIMEOUT or ORDER_NEVER_OPENED.',
      example: 'timeout: 5m',
    },
  },
});
