import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { dirname, join } from 'node:path';
import { command } from '../testbed/command.ts';
import { buildImage } from '../testbed/images.ts';
import type { App } from './apps.ts';

const python = '/usr/bin/python3';
const postgresHome = '/usr/lib/postgresql';
const busybox = '/bin/busybox';
const nginx = '/usr/sbin/nginx';
const javac = '/usr/bin/javac';

/** Those whose programs are installed on this machine, packed into images without a distribution around them. */
export async function installedApps(): Promise<App[]> {
  const apps: App[] = [];
  if (existsSync(python)) apps.push(await pythonApp());
  const version = existsSync(postgresHome) ? readdirSync(postgresHome).sort().at(-1) : undefined;
  if (version !== undefined && existsSync(busybox)) apps.push(postgresApp(version));
  if (existsSync(nginx)) apps.push(nginxApp);
  if (existsSync(javac)) apps.push(javaApp);
  return apps;
}

/** The web server with one page, its workers and its logs where Debian has them. */
const nginxApp: App = {
  name: 'nginx',
  async build(engine, directory, ref) {
    const root = join(directory, 'root');
    copyInto(root, [nginx, ...(await librariesOf([nginx]))]);
    for (const empty of ['var/log/nginx', 'var/lib/nginx', 'run', 'etc/nginx', 'www'])
      mkdirSync(join(root, empty), { recursive: true });
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:/none\nwww-data:x:33:33::/:/none\n');
    writeFileSync(join(root, 'etc/group'), 'root:x:0:\nwww-data:x:33:\n');
    writeFileSync(join(root, 'etc/nginx/nginx.conf'), nginxConfig);
    writeFileSync(join(root, 'www/index.html'), 'Hello\n');
    const lines = ['FROM scratch', 'COPY root /', `CMD ["${nginx}", "-g", "daemon off;"]`];
    writeFileSync(join(directory, 'Dockerfile'), `${lines.join('\n')}\n`);
    await buildImage(engine, directory, ref);
  },
};

const nginxConfig = `user www-data; worker_processes 2; events {}
http { access_log off; server { listen 8080; root /www; } }
`;

/** A server on Python's own library that imports as much of it as a web application does. */
async function pythonApp(): Promise<App> {
  const library = (
    await command(python, ['-c', 'import sysconfig; print(sysconfig.get_path("stdlib"))'])
  ).trim();
  return {
    name: 'python',
    isHeld: true,
    async build(engine, directory, ref) {
      const root = join(directory, 'root');
      const program = realpathSync(python);
      copyInto(root, [program, library]);
      copyInto(root, await librariesOf([program, ...filesBelow(join(library, 'lib-dynload'), '.so')]));
      mkdirSync(join(root, 'app'), { recursive: true });
      writeFileSync(join(root, 'app/server.py'), pythonSource);
      const lines = ['FROM scratch', 'COPY root /', `CMD ["${program}", "/app/server.py"]`];
      writeFileSync(join(directory, 'Dockerfile'), `${lines.join('\n')}\n`);
      await buildImage(engine, directory, ref);
    },
  };
}

/** A server on the JDK's own library, on a runtime that has just the modules that it needs. */
const javaApp: App = {
  name: 'java',
  isHeld: true,
  async build(engine, directory, ref) {
    const root = join(directory, 'root');
    const runtime = join(root, 'opt/java');
    const home = dirname(dirname(realpathSync(javac)));
    for (const empty of ['app', 'opt', 'tmp']) mkdirSync(join(root, empty), { recursive: true });
    const modules = ['--add-modules', 'java.base,jdk.httpserver', '--output', runtime];
    await command(join(home, 'bin/jlink'), modules);
    writeFileSync(join(directory, 'Server.java'), javaSource);
    await command(join(home, 'bin/javac'), ['-d', join(root, 'app'), join(directory, 'Server.java')]);
    const loaded = [join(runtime, 'bin/java'), ...filesBelow(join(runtime, 'lib'), '.so')];
    copyInto(
      root,
      (await librariesOf(loaded)).filter((library) => !library.startsWith(runtime)),
    );
    const lines = ['FROM scratch', 'COPY root /', 'CMD ["/opt/java/bin/java", "-cp", "/app", "Server"]'];
    writeFileSync(join(directory, 'Dockerfile'), `${lines.join('\n')}\n`);
    await buildImage(engine, directory, ref);
  },
};

/** Held, it answers requests of its own until its code is warm, and then reads its order. */
const javaSource = String.raw`
import com.sun.net.httpserver.HttpServer;
import java.net.*;
import java.nio.file.*;

class Server {
  public static void main(String[] args) throws Exception {
    String order = System.getenv("PARBAKE_ORDER");
    if (order != null) {
      HttpServer own = serve(new InetSocketAddress("127.0.0.1", 0));
      URL page = new URL("http://127.0.0.1:" + own.getAddress().getPort());
      for (int i = 0; i < 200; i++) page.openStream().readAllBytes();
      own.stop(0);
      if (!Files.readString(Path.of(order)).contains("\"user\":")) System.exit(1);
    }
    serve(new InetSocketAddress(8080));
  }

  static HttpServer serve(InetSocketAddress address) throws Exception {
    HttpServer server = HttpServer.create(address, 0);
    server.createContext("/", exchange -> {
      exchange.sendResponseHeaders(200, 0);
      try (var body = exchange.getResponseBody()) { body.write("Hello\n".getBytes()); }
    });
    server.start();
    return server;
  }
}
`;

const pythonSource = `
import argparse, asyncio, base64, calendar, concurrent.futures, configparser, csv, ctypes, dataclasses, decimal
import difflib, email.mime.multipart, fractions, ftplib, gzip, hashlib, html.parser, http.client, http.cookiejar
import imaplib, inspect, ipaddress, json, logging.config, logging.handlers, lzma, mimetypes, multiprocessing.pool
import optparse, os, pdb, pickle, plistlib, pydoc, queue, random, sched, secrets, shelve, shlex, smtplib, socketserver
import sqlite3, ssl, statistics, tarfile, tempfile, tomllib, typing
import unittest.mock, urllib.request, uuid, wsgiref.simple_server, xml.dom.minidom, xml.etree.ElementTree, zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"Hello\\n")

if "PARBAKE_ORDER" in os.environ:
    with open(os.environ["PARBAKE_ORDER"]) as file:
        json.load(file)["user"]
ThreadingHTTPServer(("", 8080), Handler).serve_forever()
`;

/** A server with a cluster that was made at build; it answers when somebody may log in. */
function postgresApp(version: string): App {
  const home = join(postgresHome, version);
  return {
    name: 'postgresql',
    async build(engine, directory, ref) {
      const root = join(directory, 'root');
      const programs = ['postgres', 'initdb'].map((name) => join(home, 'bin', name));
      const modules = filesBelow(join(home, 'lib'), '.so').filter((file) => !file.includes('llvm'));
      copyInto(root, [...programs, ...modules, join('/usr/share/postgresql', version)]);
      copyInto(root, await librariesOf([...programs, ...modules]));
      mkdirSync(join(root, 'etc'), { recursive: true });
      mkdirSync(join(root, 'bin'), { recursive: true });
      for (const empty of ['tmp', 'data']) mkdirSync(join(directory, 'empty', empty), { recursive: true });
      writeFileSync(join(root, 'etc/passwd'), 'postgres:x:999:999::/data:/bin/sh\n');
      // initdb calls postgres through a shell.
      cpSync(busybox, join(root, 'bin/sh'));
      const initdb = [programs[1], '-D', '/data/cluster', '-A', 'trust', '-U', 'postgres', '--locale=C'];
      const config = ['listen_addresses=*', 'port=8080', 'unix_socket_directories=/tmp'];
      const postgres = [programs[0], '-D', '/data/cluster', ...config.flatMap((one) => ['-c', one])];
      const lines = [
        ...['FROM scratch', 'COPY root /', 'COPY --chown=999:999 empty /', 'USER 999:999'],
        ...[
          `RUN ${JSON.stringify(initdb)}`,
          `RUN ${JSON.stringify(allowAll)}`,
          `CMD ${JSON.stringify(postgres)}`,
        ],
      ];
      writeFileSync(join(directory, 'Dockerfile'), `${lines.join('\n')}\n`);
      await buildImage(engine, directory, ref);
    },
    answer: logIn,
  };
}

const allowAll = ['/bin/sh', '-c', 'echo "host all all all trust" >> /data/cluster/pg_hba.conf'];

/** Logs in, and waits until the server would take a query. */
function logIn(host: string, port: number): Promise<void> {
  const names = Buffer.from('user\0postgres\0database\0postgres\0\0');
  const hello = Buffer.alloc(8);
  hello.writeInt32BE(hello.length + names.length, 0);
  hello.writeInt32BE(3 << 16, 4);
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, timeout: 5_000 }, () =>
      socket.write(Buffer.concat([hello, names])),
    );
    let answer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      answer = Buffer.concat([answer, chunk]);
      // ReadyForQuery, idle: the last message of a log-in.
      if (!answer.subarray(-6).equals(Buffer.from('Z\0\0\0\x05I', 'latin1'))) return;
      socket.destroy();
      resolve();
    });
    socket.on('timeout', () => socket.destroy(new Error('no answer in time')));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed the connection')));
  });
}

/** Copies files and directories to the same paths below another root. */
function copyInto(root: string, paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    // Python compiles anew what is younger than its compiled form.
    cpSync(path, join(root, path), { recursive: true, dereference: true, preserveTimestamps: true });
  }
}

function filesBelow(directory: string, ending: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(ending))
    .map((name) => join(directory, name));
}

/** Shared libraries of programs, as their loader would find them. */
async function librariesOf(programs: readonly string[]): Promise<string[]> {
  const text = await command('ldd', programs);
  return [...new Set([...text.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] ?? ''))];
}
