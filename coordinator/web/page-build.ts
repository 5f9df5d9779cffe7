import type { BuildOptions } from 'esbuild';
import { join } from 'node:path';

/** How the page is bundled, in a checkout and for a package. @param directory of its sources */
export function pageBuild(directory: string): BuildOptions {
  return {
    entryPoints: [{ in: join(directory, 'page.tsx'), out: 'page' }],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'eof',
  };
}

export const pageHtml = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Parbake</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
<script type="module" src="/page.js"></script>
</head>
<body><div id="page"><noscript>This page needs JavaScript. "parbake instances" and "parbake show" need none.</noscript></div></body>
</html>
`;
