import { join } from 'node:path';
import { unpackDebianPackages } from './debian-packages.ts';
import { madeOnce } from './made-once.ts';

/** A program of Debian that is not installed, with the libraries that it needs. */
export interface DebianProgram {
  path: string;
  env: NodeJS.ProcessEnv;
}

/** The packages that a program and its libraries are in, keyed by its path, without those that every Debian has. */
const packages = {
  'usr/bin/dig': [
    ...[
      'bind9-dnsutils',
      'bind9-libs',
      'libcom-err2',
      'libfstrm0',
      'libgssapi-krb5-2',
      'libicu72',
      'libidn2-0',
    ],
    ...[
      'libjemalloc2',
      'libjson-c5',
      'libk5crypto3',
      'libkeyutils1',
      'libkrb5-3',
      'libkrb5support0',
      'liblmdb0',
    ],
    ...['libmaxminddb0', 'libnghttp2-14', 'libprotobuf-c1', 'libssl3', 'libunistring2', 'libuv1', 'libxml2'],
  ],
  'usr/sbin/haproxy': [
    ...['haproxy', 'liblua5.3-0', 'libopentracing-c-wrapper0', 'libopentracing1', 'libpcre2-8-0', 'libssl3'],
  ],
} as const;

/** Unpacks a program of Debian without installing it, once. */
export async function debianProgram(program: keyof typeof packages): Promise<DebianProgram> {
  const name = program.replaceAll('/', '-');
  const root = await madeOnce(`/var/cache/parbake/bookworm-${name}`, async (making) => {
    await unpackDebianPackages('bookworm', packages[program], making);
  });
  const libraries = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'].map((path) => join(root, path));
  return {
    path: join(root, program),
    env: { PATH: process.env['PATH'], LD_LIBRARY_PATH: libraries.join(':') },
  };
}
