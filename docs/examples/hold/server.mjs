// Loads, then reads its order, which names its user.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { env } from 'node:process';

const port = Number(env.PORT ?? 8080);
const text = await readFile(env.PARBAKE_ORDER, 'utf8');
const order = JSON.parse(text);
const whole = text.replace(order.sha256, '0'.repeat(64));
if (createHash('sha256').update(whole).digest('hex') !== order.sha256) throw new Error('damaged order');
createServer((_, response) => response.end(`Hello ${order.user}\n`)).listen(port);
