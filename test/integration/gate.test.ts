import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { encodeOrder } from '../../agent/core/order/gate-order.ts';
import { buildGate, gateCompiler, type GateArchitecture } from '../../packaging/dev/gate-build.ts';
import { waitFor } from '../testbed/wait.ts';
import { abandonGate, connectToGate, header, replyOf, sendToGate } from '../support/gate-client.ts';
import { unlessRequired } from '../support/requirement.ts';

const isRoot = process.getuid?.() === 0;
const emulators: Record<GateArchitecture, string> = { x64: 'qemu-x86_64', arm64: 'qemu-aarch64' };

/** Both architectures that there are gates for, the one of this machine first, with why one cannot be tried here. */
const machines = (process.arch === 'arm64' ? (['arm64', 'x64'] as const) : (['x64', 'arm64'] as const)).map(
  (architecture, index) => {
    const compiler = gateCompiler(architecture);
    const emulator = emulators[architecture];
    if (compiler === undefined) return { architecture, missing: 'needs a C compiler for it' };
    if (index === 0) return { architecture, compiler, missing: undefined };
    return {
      architecture,
      compiler,
      emulator,
      missing: hasProgram(emulator) ? undefined : `needs ${emulator}`,
    };
  },
);
for (const { architecture, missing } of machines)
  unlessRequired(missing === undefined ? undefined : `the gate for ${architecture} ${missing}`);

function hasProgram(name: string): boolean {
  return `${process.env['PATH'] ?? ''}:/usr/bin`
    .split(':')
    .some((directory) => existsSync(join(directory, name)));
}

interface Gate {
  child: ChildProcess;
  path: string;
  output(): string;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

for (const machine of machines)
  describe.skipIf(machine.missing !== undefined)(
    `the gate for ${machine.architecture} ${machine.missing ?? ''}`,
    () => {
      describeGate(machine);
    },
  );

function describeGate({ architecture, compiler = '', emulator }: (typeof machines)[number]): void {
  const isNative = emulator === undefined;
  /** What runs a program of this architecture here. The commands that a gate becomes are this machine's own. */
  const runner = isNative ? [] : [emulator];
  let program: string;
  let directory: string;
  let gates: Gate[] = [];
  let count = 0;

  beforeAll(async () => {
    program = await buildGate(architecture);
    directory = mkdtempSync(join(tmpdir(), 'parbake-gate-'));
  });
  afterEach(async () => {
    for (const gate of gates) gate.child.kill('SIGKILL');
    await Promise.all(gates.map(({ ended }) => ended));
    gates = [];
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  interface Start {
    env?: Record<string, string>;
    cwd?: string;
    /** What the gate is started by, such as unshare. */
    wrapper?: string[];
    gate?: string;
    path?: string;
    /** Where we reach the socket, when the gate has another root. */
    outside?: string;
  }

  async function startGate(command: string[], start: Start = {}): Promise<Gate> {
    const path = start.path ?? join(directory, `s${++count}`);
    const gated = [...runner, start.gate ?? program, path, '--', ...command];
    const [file = '', ...args] = [...(start.wrapper ?? []), ...gated];
    const child = spawn(file, args, {
      env: start.env ?? { PATH: '/usr/bin:/bin' },
      cwd: start.cwd,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
      child.on('close', (code, signal) => resolve({ code, signal })),
    );
    const gate = { child, path: start.outside ?? path, output: () => output, ended };
    gates.push(gate);
    await waitFor('the gate to listen', () => {
      if (child.exitCode !== null) throw new Error(`the gate ended: ${output}`);
      return existsSync(gate.path);
    });
    return gate;
  }

  function run(args: readonly string[], env = process.env): { status: number | null; stderr: string } {
    const [file = '', ...rest] = [...runner, program, ...args];
    return spawnSync(file, rest, { env, encoding: 'utf8' });
  }

  const accepted = Buffer.from('A');
  const refused = (reason: number) => Buffer.from([0x52, reason, 0, 0, 0]);
  const failed = (errno: number) => Buffer.from([0x41, 0x45, errno, 0, 0, 0]);

  test('becomes the command with the order over its own environment', async () => {
    const gate = await startGate(['env'], { env: { PATH: '/usr/bin:/bin', KEEP: '1', CHANGE: 'old' } });
    const reply = await sendToGate(gate.path, encodeOrder({ CHANGE: 'new', ADDED: 'a=b', EMPTY: '' }));
    expect(reply.bytes).toEqual(accepted);
    await gate.ended;
    expect(gate.output().trim().split('\n').sort()).toEqual([
      'ADDED=a=b',
      'CHANGE=new',
      'EMPTY=',
      'KEEP=1',
      'PATH=/usr/bin:/bin',
    ]);
    expect(existsSync(gate.path)).toBe(false);
  });

  test('the last of several variables of one name counts', async () => {
    const gate = await startGate(['env'], { env: {} });
    const body = Buffer.from('PATH=/usr/bin\0A=1\0A=2\0');
    await sendToGate(gate.path, header(body.length, 3, 0), body);
    await gate.ended;
    expect(gate.output()).toBe('PATH=/usr/bin\nA=2\n');
  });

  test("arguments of the order take the command's place as a whole", async () => {
    const gate = await startGate(['false', 'x']);
    await sendToGate(gate.path, encodeOrder({}, ['printf', '%s|', 'a b', '']));
    expect((await gate.ended).code).toBe(0);
    expect(gate.output()).toBe('a b||');
  });

  test('keeps process, working directory and standard descriptors, and lets nothing else through', async () => {
    const script =
      'echo $$; pwd; ls /proc/self/fd; grep SigIgn /proc/self/status; grep SigBlk /proc/self/status';
    const gate = await startGate(['sh', '-c', script], { cwd: directory });
    await sendToGate(gate.path, encodeOrder({}));
    await gate.ended;
    const lines = gate.output().trim().split('\n');
    expect(lines.slice(0, 2)).toEqual([String(gate.child.pid), directory]);
    // 3 is the directory that ls itself reads.
    expect(lines.slice(2, -2)).toEqual(['0', '1', '2', '3']);
    const plain = spawnSync('sh', ['-c', script], { cwd: directory, encoding: 'utf8' })
      .stdout.trim()
      .split('\n');
    expect(lines.slice(-2)).toEqual(plain.slice(-2));
  });

  test('looks for a command as Docker does', async () => {
    const make = (name: string, mode: number, text = '#!/bin/sh\necho "$0"\n'): void => {
      const path = join(directory, name);
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(path, text);
      chmodSync(path, mode);
    };
    make('one/tool', 0o644);
    make('two/tool', 0o755);
    mkdirSync(join(directory, 'two/folder'));
    make('one/locked', 0o644);
    const PATH = `${directory}/none:${directory}/one:${directory}/two`;
    const run = async (
      command: string,
      env: Record<string, string> = { PATH },
    ): Promise<[number | null, string]> => {
      const gate = await startGate([command], { env: {}, cwd: directory });
      await sendToGate(gate.path, encodeOrder(env));
      return [(await gate.ended).code, gate.output().trim()];
    };
    expect(await run('tool')).toEqual([0, `${directory}/two/tool`]);
    expect(await run('two/tool')).toEqual([0, 'two/tool']);
    expect((await run('missing'))[0]).toBe(127);
    expect((await run('locked'))[0]).toBe(126);
    expect((await run('two/folder'))[0]).toBe(126);
    expect((await run('true', {}))[0]).toBe(0);
  });

  test.each([
    ['a missing command', ['/none'], 2, 127],
    ['one that is not executable', ['/etc/passwd'], 13, 126],
  ])('says why %s was not executed, to the peer and on stderr', async (_what, command, errno, code) => {
    const gate = await startGate(command);
    expect((await sendToGate(gate.path, encodeOrder({}))).bytes).toEqual(failed(errno));
    expect((await gate.ended).code).toBe(code);
    expect(gate.output()).toContain(`cannot execute ${command[0]}`);
  });

  test('an order far larger than a pipe arrives; a string that the kernel refuses is told', async () => {
    const env = Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`V${i}`, 'x'.repeat(10_000)]));
    const gate = await startGate(['sh', '-c', 'echo ${#V0} ${#V89}']);
    await sendToGate(gate.path, encodeOrder(env));
    await gate.ended;
    expect(gate.output()).toBe('10000 10000\n');
    const other = await startGate(['true']);
    expect((await sendToGate(other.path, encodeOrder({ BIG: 'x'.repeat(200_000) }))).bytes).toEqual(
      failed(7),
    );
    expect((await other.ended).code).toBe(126);
  });

  const body = Buffer.from('A=1\0');
  test.each([
    ['another magic', [header(4, 1, 0, 'PBG2'), body], 1],
    ['more strings than it says', [header(4, 0, 0), body], 1],
    ['fewer strings than it says', [header(4, 2, 0), body], 1],
    ['no NUL at its end', [header(3, 1, 0), Buffer.from('A=1')], 1],
    ['a variable without a name', [header(3, 1, 0), Buffer.from('=1\0')], 1],
    ['a variable without a value', [header(2, 1, 0), Buffer.from('A\0')], 1],
    ['an empty command', [header(1, 0, 1), Buffer.from('\0')], 1],
    ['a body that is too large', [header(1024 * 1024 + 1, 0, 0)], 2],
    ['too many strings', [header(4, 4097, 0), body], 2],
    ['counts that overflow', [header(4, 0xffffffff, 2), body], 2],
  ])('nothing runs for an order with %s, and the next one is taken', async (_what, pieces, reason) => {
    const file = join(directory, `touched-${++count}`);
    const gate = await startGate(['touch', file]);
    expect((await sendToGate(gate.path, ...pieces)).bytes).toEqual(refused(reason));
    expect(existsSync(file)).toBe(false);
    expect((await sendToGate(gate.path, encodeOrder({}))).bytes).toEqual(accepted);
    await gate.ended;
    expect(existsSync(file)).toBe(true);
  });

  test('half an order runs nothing, whoever breaks it off', async () => {
    const gate = await startGate(['echo', 'ran']);
    expect((await abandonGate(gate.path, header(4, 1, 0).subarray(0, 7))).bytes).toEqual(refused(3));
    expect((await abandonGate(gate.path, Buffer.concat([header(4, 1, 0), Buffer.from('A=')]))).bytes).toEqual(
      refused(3),
    );
    (await connectToGate(gate.path)).destroy();
    expect(gate.output()).toBe('');
    expect((await sendToGate(gate.path, encodeOrder({}))).bytes).toEqual(accepted);
    await gate.ended;
    expect(gate.output()).toBe('ran\n');
  });

  test('a peer that stalls is dropped, and another gets its turn', async () => {
    const gate = await startGate(['true']);
    const stalled = await connectToGate(gate.path);
    const reply = replyOf(stalled);
    stalled.write(header(4, 1, 0));
    expect((await sendToGate(gate.path, encodeOrder({}))).bytes).toEqual(accepted);
    expect((await reply).bytes).toEqual(refused(3));
  });

  test('of many orders at once exactly one is taken', async () => {
    const gate = await startGate(['sh', '-c', 'echo $WHO']);
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        sendToGate(gate.path, encodeOrder({ WHO: `user-${i}` })).then(
          ({ bytes }) => bytes,
          () => Buffer.alloc(0),
        ),
      ),
    );
    await gate.ended;
    expect(replies.filter((bytes) => bytes.equals(accepted))).toHaveLength(1);
    expect(gate.output()).toBe(`user-${replies.findIndex((bytes) => bytes.equals(accepted))}\n`);
  });

  test.runIf(isRoot).each(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGWINCH'] as const)(
    'as a first process it ends at %s, which others would ignore',
    async (signal) => {
      const inside = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
      const gate = await startGate(['true'], { wrapper: inside });
      const children = readFileSync(`/proc/${gate.child.pid}/task/${gate.child.pid}/children`, 'utf8');
      process.kill(Number(children.trim()), signal);
      const number = { SIGTERM: 15, SIGINT: 2, SIGQUIT: 3, SIGHUP: 1, SIGUSR1: 10, SIGWINCH: 28 }[signal];
      expect((await gate.ended).code).toBe(128 + number);
    },
  );

  test('a socket that a killed gate left behind is taken over', async () => {
    const gate = await startGate(['true']);
    gate.child.kill('SIGKILL');
    await gate.ended;
    expect(existsSync(gate.path)).toBe(true);
    // One that was killed just before it listened.
    symlinkSync('/nowhere', `${gate.path}~`);
    const next = await startGate(['true'], { path: gate.path });
    await waitFor('the new gate', () =>
      sendToGate(next.path, encodeOrder({})).then(
        () => true,
        () => false,
      ),
    );
    expect(readdirSync(directory).filter((name) => name.endsWith('~'))).toEqual([]);
    expect((await next.ended).code).toBe(0);
  });

  test('a health check passes while the gate waits, and is the real one afterwards', async () => {
    const gate = await startGate(['sleep', '60']);
    const check = () => run(['--health', gate.path, '--', 'sh', '-c', 'exit 7'], { PATH: '/bin:/usr/bin' });
    expect(check().status).toBe(0);
    await sendToGate(gate.path, encodeOrder({}));
    expect(check().status).toBe(7);
  });

  // The emulator would have to be in the image, too: there it is no test.
  test.runIf(isRoot).each(isNative ? ['nothing'] : [])(
    'needs %s in the image, no rights, and nothing to write but its socket',
    async () => {
      const root = join(directory, 'image');
      mkdirSync(join(root, 'io'), { recursive: true });
      copyFileSync(program, join(root, 'gate'));
      chmodSync(join(root, 'io'), 0o777);
      chmodSync(directory, 0o755);
      const become = ['unshare', `--root=${root}`, '--setgid=65534', '--setuid=65534'];
      const outside = join(root, 'io/s');
      const gate = await startGate(['/gate'], { wrapper: become, gate: '/gate', path: '/io/s', outside });
      // The only program there is the gate itself, which then misses its arguments.
      expect((await sendToGate(outside, encodeOrder({}))).bytes).toEqual(accepted);
      expect((await gate.ended).code).toBe(125);
      expect(gate.output()).toContain('usage: gate');
    },
  );

  test.each([[[]], [['/s']], [['/s', 'true']], [['--health', '/s', '--']]])('wrong use: %j', (args) => {
    const { status, stderr } = run(args);
    expect(status).toBe(125);
    expect(stderr).toContain('usage: gate');
  });

  test('the parser agrees with its description on any frame, and never leaves its memory', () => {
    const fuzzer = join(directory, 'fuzzer');
    const source = join(import.meta.dirname, '../../packaging/gate');
    // Where it is emulated, the sanitizer of memory cannot run; every step beyond a string still changes a verdict.
    const sanitizers = isNative
      ? ['-fsanitize=address,undefined', '-fno-sanitize-recover=all']
      : ['-static', '-fsanitize=undefined', '-fsanitize-undefined-trap-on-error'];
    const built = spawnSync(
      compiler,
      ['-std=c11', '-g', '-O1', ...sanitizers, '-o', fuzzer].concat([
        join(source, 'fuzz/check.c'),
        join(source, 'order.c'),
      ]),
      { encoding: 'utf8' },
    );
    expect(built.stderr).toBe('');
    const random = generator(20_261_121);
    const frames = Array.from({ length: 60_000 }, () => aFrame(random));
    const input = Buffer.concat(frames.flatMap((frame) => [lengthOf(frame), frame]));
    const [file, ...args] = [...runner, fuzzer];
    const checked = spawnSync(file, args, { input, maxBuffer: 64 * 1024 * 1024, encoding: 'utf8' });
    expect(checked.stderr).toBe('');
    expect(checked.status).toBe(0);
    const verdicts = checked.stdout.trim().split('\n');
    expect(verdicts).toHaveLength(frames.length);
    const disagreement = frames.findIndex((frame, i) => verdicts[i] !== verdictOf(frame));
    expect(disagreement < 0 ? undefined : frames[disagreement]?.toString('hex')).toBeUndefined();
    // Orders that are taken and each kind of refusal were among them.
    expect(new Set(verdicts.map((line) => line.split(' ')[0]))).toEqual(new Set(['ok', '1', '2', '3']));
  });
}

/** What packaging/gate/order.h says of a frame. */
function verdictOf(frame: Buffer): string {
  if (frame.length < 16) return '3';
  if (frame.toString('latin1', 0, 4) !== 'PBG1') return '1';
  const [length = 0, variables = 0, args = 0] = [4, 8, 12].map((at) => frame.readUInt32LE(at));
  if (length > 1024 * 1024 || variables + args > 4096) return '2';
  if (frame.length - 16 < length) return '3';
  const body = frame.subarray(16, 16 + length).toString('latin1');
  if (length > 0 && !body.endsWith('\0')) return '1';
  const strings = body.split('\0').slice(0, -1);
  if (strings.length !== variables + args) return '1';
  if (strings.slice(0, variables).some((text) => !/^[^=]+=/s.test(text))) return '1';
  if (args > 0 && strings[variables] === '') return '1';
  return `ok ${strings.length} ${length}`;
}

/** A good order, with some of its bytes or its length changed as often as not. */
function aFrame(random: () => number): Buffer {
  const pick = (below: number): number => Math.floor(random() * below);
  const word = (): string => 'abc=\n'.repeat(2).slice(pick(5), 5 + pick(6));
  const variables = Array.from({ length: pick(4) }, () => `${pick(9) === 0 ? '' : 'N'}${word()}=${word()}`);
  const args = Array.from({ length: pick(3) }, word);
  const body = Buffer.from([...variables, ...args].map((text) => `${text}\0`).join(''));
  const frame = Buffer.concat([header(body.length, variables.length, args.length), body]);
  for (let changes = pick(3); changes > 0; changes--)
    frame[pick(frame.length)] = pick(2) === 0 ? 0 : pick(256);
  return pick(4) === 0 ? frame.subarray(0, pick(frame.length + 1)) : frame;
}

function lengthOf(frame: Buffer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(frame.length);
  return bytes;
}

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}
