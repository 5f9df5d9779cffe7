import { archiveOf, type MadeEntry } from './tar-archive.ts';

const inUsr: readonly MadeEntry[] = [
  { path: 'usr/lib', isDirectory: true },
  { path: 'lib', symlink: 'usr/lib' },
];
const long = `${'long-name-'.repeat(12)}end`;
const store = `${'0'.repeat(31)}a-hello-2.12`;

/** Layers that are whole, by what they have that is unusual. */
const unusual: Record<string, () => Buffer[]> = {
  'paths-through-links-of-their-own-layer': () => [
    archiveOf(
      ...inUsr,
      { path: 'lib/relative', content: 'usr-merge' },
      { path: 'opt/l', symlink: '/usr/lib' },
      { path: 'opt/l/absolute', content: 'scoped to the layer' },
    ),
  ],
  'paths-through-links-of-a-lower-layer': () => [
    archiveOf(...inUsr, { path: 'usr/lib/a', content: 'below' }),
    archiveOf({ path: 'lib/b', content: 'above' }),
  ],
  'hard-links-xattrs-long-names-modes-and-devices': () => [
    archiveOf(
      { path: 'a', content: 'a', mode: 0o4755, pax: { 'SCHILY.xattr.user.note': 'kept' } },
      { path: 'b', hardlink: 'a' },
      {
        path: 'short',
        content: 'long',
        pax: { path: `${long}/${long}/${long}`, mtime: '1700000000.123456789' },
      },
      { path: 'dev-null', device: [1, 3] },
      { path: 'd', isDirectory: true, mode: 0o1777 },
    ),
  ],
  'names-of-gnu-that-are-longer-than-a-header': () => [
    archiveOf(
      { path: '././@LongLink', flag: 'L', content: `deep/${long}/${long}\0` },
      { path: `deep/${long}`.slice(0, 99), content: 'its name came before it' },
      { path: '././@LongLink', flag: 'K', content: `deep/${long}/${long}\0` },
      { path: 'link', symlink: 'cut off' },
    ),
  ],
  'names-and-owners-in-extended-headers': () => [
    archiveOf(
      { path: 'ascii', content: 'umlaut', pax: { path: 'größe/日本', uid: '3000000000', gid: '3000000000' } },
      { path: 'empty' },
      { path: 'blank name ', content: 'a', pax: { comment: 'nobody reads this' } },
    ),
  ],
  'whiteouts-opaque-directories-and-replaced-ones': () => [
    archiveOf(
      { path: 'd/hidden', content: '1' },
      { path: 'd/e/deep', content: '1' },
      { path: 'f', content: '1' },
      { path: 'gone', content: '1' },
      { path: 'o/x', content: '1' },
    ),
    archiveOf(
      { path: 'd', content: 'a file now' },
      { path: 'f', isDirectory: true },
      { path: 'f/in', content: '2' },
      { path: '.wh.gone' },
      { path: 'o', isDirectory: true },
      { path: 'o/.wh..wh..opq' },
      { path: 'o/y', content: '2' },
    ),
  ],
  'a-layer-that-comes-twice-and-an-empty-one': () => {
    const layer = archiveOf({ path: 'twice', content: 'the same' });
    return [layer, archiveOf(), layer];
  },
  'a-file-that-begins-like-json': () => [archiveOf({ path: '{json}', content: '{"a":1}' })],
};

/** Layers as builders write them: which entries they have, and what the names look like, differs from each to each. */
const builders: Record<string, () => Buffer[]> = {
  // Parents come again in every layer, with a slash at their end; times in PAX records.
  buildkit: () => [
    archiveOf(
      { path: 'etc/', isDirectory: true },
      { path: 'etc/passwd', content: 'root:x:0:0::/:/bin/sh\n', pax: { mtime: '1700000000.5' } },
    ),
    archiveOf(
      { path: 'etc/', isDirectory: true },
      { path: 'etc/.wh.passwd' },
      { path: 'app/', isDirectory: true },
      { path: 'app/run', content: 'run', mode: 0o755 },
    ),
  ],
  // One layer with everything, file capabilities among it, and hard links.
  buildah: () => [
    archiveOf(
      { path: 'usr/', isDirectory: true, mode: 0o555 },
      { path: 'usr/bin/', isDirectory: true, mode: 0o555 },
      { path: 'usr/bin/ping', content: 'ping', pax: { 'SCHILY.xattr.user.caps': 'net_raw' } },
      { path: 'usr/bin/ping6', hardlink: 'usr/bin/ping' },
      { path: 'bin', symlink: 'usr/bin' },
    ),
  ],
  // A snapshot of a file system: the root is an entry, and names begin with it.
  kaniko: () => [
    archiveOf(
      { path: '/', isDirectory: true },
      { path: '/workspace/', isDirectory: true },
      { path: '/workspace/main', content: 'main' },
    ),
    archiveOf(
      { path: '/', isDirectory: true },
      { path: '/workspace/.wh.main' },
      { path: '/done', content: 'x' },
    ),
  ],
  // Many layers below one read-only store; names begin with "./", all times are one second.
  nix: () => [
    ...Array.from({ length: 12 }, (_, index) =>
      archiveOf(
        { path: './', isDirectory: true },
        { path: './nix/', isDirectory: true },
        { path: './nix/store/', isDirectory: true, mode: 0o555 },
        { path: `./nix/store/${store}-${index}/`, isDirectory: true, mode: 0o555 },
        { path: `./nix/store/${store}-${index}/file`, content: `package ${index}`, mode: 0o444 },
        {
          path: `./nix/store/${store}-${index}/other`,
          hardlink: `./nix/store/${store}-${index}/file`,
          mode: 0o444,
        },
      ),
    ),
    archiveOf({ path: './bin', symlink: `/nix/store/${store}-0` }),
  ],
  // One program at an absolute path, and its data behind a link.
  ko: () => [
    archiveOf(
      { path: 'var/run/ko', isDirectory: true, mode: 0o555 },
      { path: 'var/run/ko/refs', symlink: '../../../data/refs' },
    ),
    archiveOf({ path: '/ko-app', isDirectory: true }, { path: '/ko-app/app', content: 'ELF', mode: 0o555 }),
  ],
  // Dependencies, resources and classes in thin layers, and directories without an entry of their own.
  jib: () =>
    ['libs/spring.jar', 'resources/application.yaml', 'classes/acme/Main.class'].map((path) =>
      archiveOf({ path: 'app/', isDirectory: true }, { path: `app/${path}`, content: path }),
    ),
};

/** What is whole, whoever made it: no Engine and no store may call any of it damaged. */
export const wholeImages: Record<string, () => Buffer[]> = {
  ...unusual,
  ...Object.fromEntries(Object.entries(builders).map(([name, layers]) => [`as-by-${name}`, layers])),
};
