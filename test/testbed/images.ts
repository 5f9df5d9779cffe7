import { copyFileSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command } from './command.ts';
import type { Engine } from './engine.ts';

const project = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Builds an image out of a directory that has a Dockerfile. */
export async function buildImage(engine: Engine, directory: string, ref: string): Promise<void> {
  const archive = `${directory}.tar`;
  await command('tar', ['--create', '--file', archive, '--directory', directory, '.']);
  await drain(await engine.docker.buildImage(archive, { t: ref }));
}

/** @returns the digest that the registry has it by */
export async function pushImage(engine: Engine, ref: string): Promise<string> {
  const image = engine.docker.getImage(ref);
  // Engines want credentials in a push, also when the registry does not.
  await drain(await image.push({ authconfig: { username: '', password: '', serveraddress: '' } }));
  const [repoDigest = ''] = (await image.inspect()).RepoDigests;
  return repoDigest.split('@')[1] ?? '';
}

/** @throws Error with what the Engine says, also when it says so inside a stream that began well */
export async function pullImage(engine: Engine, ref: string): Promise<void> {
  await drain(await engine.docker.pull(ref));
}

/** Builds an image of a few bytes for pulling. Its command exists, and only the kernel sees that it is not a program. */
export async function buildTinyImage(engine: Engine, directory: string, ref: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'Dockerfile'), 'FROM scratch\nCOPY name /\nCMD ["/name"]\n');
  writeFileSync(join(directory, 'name'), ref, { mode: 0o755 });
  await buildImage(engine, directory, ref);
}

/**
 * A real application of more than 100 MB: an HTTP server on the locked Node, with the libraries it needs. It
 * answers on port 8080 with the name of its user.
 * @param source another program for it
 */
export async function buildApplicationImage(
  engine: Engine,
  directory: string,
  ref: string,
  source = applicationSource,
): Promise<void> {
  const node = realpathSync(join(project, 'node_modules/.bin/node'));
  const libraries = [...(await command('ldd', [node])).matchAll(/(\/\S+) \(0x/g)].map(
    (match) => match[1] ?? '',
  );
  mkdirSync(join(directory, 'lib'), { recursive: true });
  // Where the program itself looks for them: its loader's path, and that loader's own directory.
  const places = libraries.map((library) => {
    copyFileSync(library, join(directory, 'lib', basename(library)));
    return `COPY lib/${basename(library)} ${library}`;
  });
  copyFileSync(node, join(directory, 'node'));
  writeFileSync(join(directory, 'server.js'), source);
  const lines = ['FROM scratch', ...places, 'COPY node /usr/bin/node', 'COPY server.js /app/server.js'];
  lines.push('WORKDIR /app', 'EXPOSE 8080', 'CMD ["/usr/bin/node", "server.js"]');
  writeFileSync(join(directory, 'Dockerfile'), `${lines.join('\n')}\n`);
  await buildImage(engine, directory, ref);
}

const applicationSource = `const { createServer } = require('node:http');
const { PARBAKE_USER: user = 'nobody', PARBAKE_INSTANCE_ID: instance = 'nowhere' } = process.env;
createServer((request, response) => response.end(\`Hello \${user}, this is \${instance}\\n\`)).listen(8080);
process.on('SIGTERM', () => process.exit(0));
`;

async function drain(stream: NodeJS.ReadableStream): Promise<void> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  if (text.includes('"errorDetail"')) throw new Error(text);
}
