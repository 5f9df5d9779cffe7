import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { reasonOf } from '../../proto/errors/cause.ts';
import { buildGate, gateCompiler, type GateArchitecture } from '../dev/gate-build.ts';
import { agentProduct } from './agent.ts';
import { coordinatorProduct } from './coordinator.ts';
import { makeDeb } from './deb.ts';
import { fetchNode } from './foreign-node.ts';
import { nodeOf } from './layout.ts';
import { signerOf, writeBom, writeSums } from './release-files.ts';
import { makeRpm } from './rpm.ts';

const help = `Usage: npm run package -- [agent] [coordinator] [--format deb|rpm …] [--architecture x64|arm64 …] [--output DIR]

Makes the packages of the agent and of the coordinator, or of the one that is named. Each has its bundle, the locked Node
and systemd's units in one file, so that no machine needs npm; the agent's has the gate too, the coordinator's the
operator's program "parbake". Beside them are a bill of materials (CycloneDX) and SHA256SUMS. The same sources give the same bytes (SOURCE_DATE_EPOCH, else the commit's date).

Options:
  --format NAME          deb or rpm; may be repeated (default: those whose tool is here)
  --architecture NAME    x64 or arm64; may be repeated (default: this machine's). The other one needs its C compiler
                         for the gate (gcc-aarch64-linux-gnu), and its Node, which npm fetches as the lock file says
  --output DIR           where they go (default dist)
  --sign KEY             sign SHA256SUMS with this EC key on P-256 (PEM), as SHA256SUMS.sig
  --fast                 compress as little as possible and leave out the bill of materials, for packages that are
                         only tried

Examples:
  npm run package -- --architecture x64 --architecture arm64
  npm run package -- coordinator --format deb
`;

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const tools = { deb: 'dpkg-deb', rpm: 'rpmbuild' } as const;
const products = ['agent', 'coordinator'] as const;
const formats = ['deb', 'rpm'] as const;
const architectures = ['x64', 'arm64'] as const;

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'number') return options;
  const missing = [
    ...options.formats.filter((format) => !isHere(tools[format])).map((format) => tools[format]),
    ...(options.products.includes('agent') ? options.architectures : [])
      .filter((architecture) => gateCompiler(architecture) === undefined)
      .map((architecture) => `a C compiler for ${architecture}`),
  ];
  if (missing.length > 0) {
    console.error(`package: nothing was made: ${missing.join(', ')} missing`);
    return 2;
  }
  const sign = await signerFor(options.signKey);
  if (typeof sign === 'number') return sign;
  const epoch =
    process.env['SOURCE_DATE_EPOCH'] ??
    execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' }).trim();
  const work = mkdtempSync(join(tmpdir(), 'parbake-bundle-'));
  try {
    const dist = join(work, 'dist');
    // The program finds its version one directory up.
    cpSync(join(root, 'package.json'), join(work, 'package.json'));
    execFileSync(process.execPath, [join(root, 'packaging/dev/build.mjs'), dist], { stdio: 'inherit' });
    mkdirSync(options.output, { recursive: true });
    const made: string[] = [];
    for (const architecture of options.architectures) {
      const local = nodeOf(architecture);
      const node = existsSync(join(local, 'bin/node')) ? local : fetchNode(root, architecture);
      const parts = { architecture, dist, output: options.output, node, isFast: options.isFast };
      for (const name of options.products) {
        const product = name === 'agent' ? agentProduct(await buildGate(architecture)) : coordinatorProduct;
        for (const format of options.formats) {
          const make = { deb: makeDeb, rpm: makeRpm }[format];
          const file = make(product, parts, epoch);
          made.push(file);
          console.log(`${file}  ${(statSync(file).size / 1e6).toFixed(1)} MB`);
        }
      }
    }
    if (!options.isFast) {
      const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
      const notices = ['parbake', 'parbake-agent', 'parbake-coordinator'].map((program) =>
        readFileSync(join(dist, `${program}.licences.txt`), 'utf8'),
      );
      made.push(writeBom({ root, output: options.output, version, epoch }, notices.join('\n')));
      console.log(made.at(-1));
    }
    const sums = writeSums(options.output, made);
    console.log(sums);
    if (sign !== undefined) console.log(sign(sums));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return 0;
}

/** Read before anything is made. @returns the exit code when it cannot be used */
async function signerFor(path: string | undefined): Promise<((file: string) => string) | number | undefined> {
  if (path === undefined) return undefined;
  return await signerOf(path).catch((cause: unknown) => {
    console.error(`package: nothing was made: ${reasonOf(cause)}`);
    return 2;
  });
}

interface Options {
  products: (typeof products)[number][];
  formats: (typeof formats)[number][];
  architectures: GateArchitecture[];
  output: string;
  /** A key's file. */
  signKey: string | undefined;
  isFast: boolean;
}

function readOptions(): Options | number {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        format: { type: 'string', multiple: true, default: [] },
        architecture: { type: 'string', multiple: true, default: [] },
        output: { type: 'string', default: join(root, 'dist') },
        sign: { type: 'string' },
        fast: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(help);
      return 0;
    }
    const wantedProducts = known('package', positionals, products);
    const wantedFormats = known('format', values.format, formats);
    const wanted = known('architecture', values.architecture, architectures);
    const here = formats.filter((format) => isHere(tools[format]));
    return {
      products: wantedProducts.length > 0 ? wantedProducts : [...products],
      // When no program is here, the first missing one is named.
      formats: wantedFormats.length > 0 ? wantedFormats : here.length > 0 ? here : ['deb'],
      architectures: wanted.length > 0 ? wanted : [ownArchitecture()],
      output: resolve(values.output),
      signKey: values.sign,
      isFast: values.fast,
    };
  } catch (cause) {
    process.stderr.write(`package: ${reasonOf(cause)}\n\n${help}`);
    return 2;
  }
}

function known<T extends string>(option: string, given: readonly string[], all: readonly T[]): T[] {
  const unknown = given.find((name) => !all.some((one) => one === name));
  if (unknown !== undefined) throw new Error(`there is no ${option} "${unknown}": ${all.join(' or ')}`);
  return all.filter((one) => given.includes(one));
}

function ownArchitecture(): GateArchitecture {
  const own = architectures.find((architecture) => architecture === process.arch);
  if (own === undefined)
    throw new Error(`there is no package for ${process.arch}: name one with --architecture`);
  return own;
}

function isHere(program: string): boolean {
  const directories = (process.env['PATH'] ?? '').split(delimiter).concat('/usr/bin');
  return directories.some((directory) => existsSync(join(directory, program)));
}
