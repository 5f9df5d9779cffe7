#!/usr/bin/env node
// Users wait for the daemon, and it lives in their memory. Bundled by itself it is a few files instead of the many that
// commands share with each other, and has none of the help.
const [, , command, ...args] = process.argv;
const isDaemon = command === 'run' && !args.includes('--help') && !args.includes('-h');
await (isDaemon ? import('./daemon.ts') : import('./commands.ts'));
