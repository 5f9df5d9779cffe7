import type { BakedImage, BakedLayer, Manifest } from '../../core/manifest.ts';
import type { Warning } from '../../../proto/recipe/warning.ts';
import { html, Html } from './html.ts';
import { reportStyle } from './style.ts';
import type { BakeResult } from '../../images/image.ts';
import { formatBytes, formatMs } from '../units.ts';
import type { Baked } from '../request.ts';

/** A page for people, in one file that loads nothing: what was baked, how long each image and layer took, and what to know. */
export function reportPage(baked: Baked): string {
  const { manifest, results, warnings, changed } = baked;
  const { builder, createdAt, bakeId } = manifest;
  const slowest = Math.max(...results.map(({ image }) => image.pullMs), 1);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Bake of ${createdAt.slice(0, 10)}</title>
        <style>
          ${new Html(reportStyle)}
        </style>
      </head>
      <body>
        <main>
          <h1>${results.length} ${results.length === 1 ? 'image' : 'images'} baked</h1>
          <p class="muted">
            ${timeText(createdAt)}, Docker ${builder.engineVersion} on
            ${builder.system.name ?? 'an unnamed system'}, ${builder.architecture}
          </p>
          ${changed ? undefined : html`<p class="good">All of it was there from an earlier bake: nothing was pulled and nothing changed.</p>`}
          ${tiles(baked)} ${warningList(warnings)}
          <h2>Images</h2>
          <ul class="legend">
            <li class="download">download</li>
            <li class="unpack">unpacking</li>
            <li class="rest">whole pull, against the longest</li>
          </ul>
          ${results.map((result) => imageCard(result, slowest))} ${bootList(manifest)} ${roleList(manifest)}
          <h2>Builder</h2>
          ${builderFacts(manifest)}
          <p class="muted">Bake <code>${bakeId}</code> by Parbake ${manifest.agentVersion}</p>
        </main>
      </body>
    </html> `;
  return page.text;
}

function tiles({ manifest, results }: Baked): Html {
  const { disk } = manifest;
  const images = results.map(({ image }) => image);
  const sum = (of: (image: BakedImage) => number): number =>
    images.reduce((total, image) => total + of(image), 0);
  const fresh = results
    .filter(({ cached }) => !cached)
    .flatMap(({ image }) => image.layers.filter((one) => !one.cached));
  const verified = images.filter(({ verification }) => verification?.result === 'ok').length;
  const took = Date.parse(manifest.createdAt) - Date.parse(manifest.startedAt);
  const tile = (name: string, value: string): Html =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>`;
  return html`<dl class="tiles">
    ${tile('whole bake', formatMs(took))}
    ${tile('pulled', formatBytes(fresh.reduce((total, { sizeBytes }) => total + (sizeBytes ?? 0), 0)))}
    ${tile('unpacked', formatBytes(sum(({ sizeBytes }) => sizeBytes)))}
    ${tile('bytes checked', `${verified} of ${images.length}`)}
    ${tile('failed tries', String(sum(({ retries }) => retries?.length ?? 0)))}
    ${disk.freeAfterBytes === undefined ? undefined : tile('free on the disk', formatBytes(disk.freeAfterBytes))}
  </dl>`;
}

function warningList(warnings: readonly Warning[]): Html | undefined {
  if (warnings.length === 0) return undefined;
  const items = warnings.map(
    ({ code, message }) =>
      html`<li>
        <strong>${code}</strong>
        <p>${message}</p>
      </li>`,
  );
  return html`<h2>To know</h2>
    <ul class="warnings">
      ${items}
    </ul>`;
}

function imageCard({ image, cached }: BakeResult, slowest: number): Html {
  const { ref, pullMs, layers, sizeBytes, compressedBytes } = image;
  const size =
    compressedBytes === undefined
      ? formatBytes(sizeBytes)
      : `${formatBytes(compressedBytes)} in its registry, ${formatBytes(sizeBytes)} unpacked`;
  const took = cached ? 'already there' : formatMs(pullMs);
  return html`<section class="image">
    <div class="head">
      <h3>${ref}</h3>
      <p>${took}</p>
    </div>
    ${cached ? undefined : bar([{ kind: 'rest', share: pullMs / slowest }])}
    <p class="muted">${size}, ${layers.length} ${layers.length === 1 ? 'layer' : 'layers'}</p>
    ${retryList(image)} ${layerList(layers)}
    <details>
      <summary>Digests and checks</summary>
      ${imageFacts(image)}
    </details>
  </section> `;
}

function retryList({ retries = [] }: BakedImage): Html[] {
  return retries.map(
    ({ reason, waitMs }) =>
      html`<p>A try failed: ${reason}. The next one came after ${formatMs(waitMs)}.</p>`,
  );
}

function layerList(layers: readonly BakedLayer[]): Html {
  const longest = Math.max(...layers.map((layer) => (layer.downloadMs ?? 0) + (layer.extractMs ?? 0)), 1);
  const items = layers.map((layer) => {
    const { digest, downloadMs = 0, extractMs = 0, sizeBytes, cached } = layer;
    const size = sizeBytes === undefined ? [] : [formatBytes(sizeBytes)];
    const times = [
      ...(downloadMs > 0 ? [`${formatMs(downloadMs)} download`] : []),
      ...(extractMs > 0 ? [`${formatMs(extractMs)} unpacking`] : []),
    ];
    const figures = [...size, ...(cached ? ['already there'] : times)].join(', ');
    const share = (ms: number): number => (cached ? 0 : ms / longest);
    const parts = [
      { kind: 'download', share: share(downloadMs) },
      { kind: 'unpack', share: share(extractMs) },
    ] as const;
    return html`<li>
      <code title="${digest}">${shortDigest(digest)}</code>${bar(parts)}<span class="figures"
        >${figures}</span
      >
    </li> `;
  });
  return html`<ul class="layers">
    ${items}
  </ul>`;
}

/** @param parts shares of the whole width, 0 to 1 */
function bar(parts: readonly { kind: 'download' | 'unpack' | 'rest'; share: number }[]): Html {
  const filled = parts.filter(({ share }) => share > 0);
  const spans = filled.map(({ kind, share }) => {
    const width = `${(Math.min(share, 1) * 100).toFixed(2)}%`;
    return html`<i class="${kind}" style="width:${width}"></i>`;
  });
  return html`<span class="bar" aria-hidden="true">${spans}</span>`;
}

function imageFacts(image: BakedImage): Html {
  const { verification, signature, sbom = [] } = image;
  const methods = {
    'tar-split': "each layer's archive was put together again from the files on the disk",
    save: 'Docker put each layer together again and sent it',
    containerd: 'what came from the registry was read, and every unpacked file compared with it',
  };
  const verdict =
    verification?.result === 'incomparable'
      ? `they cannot be compared, because ${verification.reason ?? 'of an unknown reason'}`
      : methods[verification?.method ?? 'save'];
  const checked =
    verification === undefined
      ? 'not checked, as asked'
      : `${formatBytes(verification.bytes)} read in ${formatMs(verification.ms)}: ${verdict}`;
  return facts([
    ['digest', html`<code>${image.digest}</code>`],
    [
      'of its platform',
      image.platformDigest === undefined ? undefined : html`<code>${image.platformDigest}</code>`,
    ],
    ['image id', html`<code>${image.imageId}</code>`],
    ['platform', image.platform],
    ['built', image.created === undefined ? undefined : timeText(image.created)],
    ['bytes', checked],
    [
      'signature',
      signature === undefined
        ? 'not asked for'
        : html`by the key <code>${signature.keySha256}</code>, in <code>${signature.digest}</code>`,
    ],
    [
      'bill of materials',
      sbom.length === 0
        ? 'none known'
        : html`${sbom.map((one) => html`<p>${one.type} <code>${one.digest}</code></p>`)}`,
    ],
  ]);
}

function bootList({ atBoot = [] }: Manifest): Html | undefined {
  if (atBoot.length === 0) return undefined;
  const rows = atBoot.map(({ ref, digest }) => [ref, html`<code>${digest}</code>`] as const);
  return html`<h2>Left to each instance</h2>
    ${facts(rows)}`;
}

function roleList({ roles }: Manifest): Html | undefined {
  if (roles.length === 0) return undefined;
  const rows = roles.map(
    ({ name, containers }) =>
      [name, containers.map((one) => `${one.name} (${one.image}, ${one.prepare})`).join('; ')] as const,
  );
  return html`<h2>Roles</h2>
    ${facts(rows)}`;
}

function builderFacts({ builder, disk }: Manifest): Html {
  const { instance } = builder;
  return facts([
    [
      'instance',
      instance === undefined
        ? undefined
        : [instance.id, instance.type, instance.region].filter(Boolean).join(', '),
    ],
    ['launched from', instance?.sourceImageId],
    ['containerd', builder.containerdVersion],
    ['runc', builder.runcVersion],
    [
      'images',
      `${builder.storageDriver}, kept by ${builder.imageStore === 'containerd' ? 'containerd' : 'Docker'}`,
    ],
    ['kernel', builder.kernel],
    ['free before', disk.freeBeforeBytes === undefined ? undefined : formatBytes(disk.freeBeforeBytes)],
    [
      'layers on the disk',
      `${formatBytes(disk.layersBytes)}; by Docker's own account ${formatBytes(disk.engineLayersBytes)}`,
    ],
    ['of no image', disk.orphanBytes === 0 ? 'nothing' : formatBytes(disk.orphanBytes)],
  ]);
}

function facts(rows: readonly (readonly [string, Html | string | undefined])[]): Html {
  const known = rows.filter(([, value]) => value !== undefined && value !== '');
  return html`<dl class="facts">
    ${known.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

/** `2026-11-20 14:03:05 UTC`. */
function timeText(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
}
