// Bundles src/ into a flat folder: index.html, and scripts and styles whose names carry a hash of their
// content, each with a gzip twin. Usage: node build.mjs [folder], default dist.
import { build } from 'esbuild';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = process.argv[2] ?? join(here, 'dist');

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: { page: 'src/main.ts', style: 'src/style.css' },
  outdir: out,
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: ['es2022', 'chrome109', 'firefox115', 'safari16.4'],
  minify: true,
  metafile: true,
  logLevel: 'warning',
});

// The name under which an entry point was written.
function name_of(source) {
  const [path] = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === source);
  return path.split('/').at(-1);
}

const html = await readFile(join(here, 'src/index.html'), 'utf8');
await writeFile(join(out, 'index.html'),
  html.replace('{script}', name_of('src/main.ts')).replace('{style}', name_of('src/style.css')));

for (const name of await readdir(out)) {
  await writeFile(join(out, `${name}.gz`), gzipSync(await readFile(join(out, name)), { level: 9 }));
}
