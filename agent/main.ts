#!/usr/bin/env node
// Bundled by itself, the daemon is a few files instead of the many that commands share with each other: it is waited for,
// and lives in its user's memory.
await (process.argv[2] === 'run' ? import('./daemon.ts') : import('./commands.ts'));
