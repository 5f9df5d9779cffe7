import { duration, regularExpression, urlPath } from './formats.ts';
import { declared, port, section } from './key-shapes.ts';
import type { Key } from './value.ts';

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
