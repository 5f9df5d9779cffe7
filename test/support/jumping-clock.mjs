// Loaded into a program with --import: its wall clock is ahead of the machine's by the milliseconds in the file that
// TEST_CLOCK_OFFSET names, from the moment that they are written there. Its monotonic clock is the machine's.
import { readFileSync } from 'node:fs';

const path = process.env.TEST_CLOCK_OFFSET ?? '';
const RealDate = Date;
const now = () => RealDate.now() + Number(readFileSync(path, 'utf8'));

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(now());
    else super(...args);
  }

  static now() {
    return now();
  }
};
