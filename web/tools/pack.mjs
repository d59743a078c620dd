// pack.mjs OUT: makes bundle.bin and bundle.cpp of what Vite left in OUT/dist: every file as it is,
// in brotli and in gzip, one after the other, and the table of where each begins.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const types = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}
const packed = new Set(['.webp', '.woff2'])

const out = path.resolve(process.argv[2])
const dist = path.join(out, 'dist')
const parts = []
let size = 0

function place(bytes) {
  parts.push(bytes)
  const at = size
  size += bytes.length
  return `{ks_web_bundle + ${at}, ${bytes.length}}`
}

const brotli = (bytes) =>
  brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  })
const smaller = (bytes, than) => (bytes.length < than.length ? place(bytes) : '{}')

const rows = []
for (const name of (await readdir(path.join(dist, 'assets'))).sort()) {
  const kind = path.extname(name)
  if (!(kind in types)) throw new Error(`${name}: no content type is known for ${kind}`)
  const plain = await readFile(path.join(dist, 'assets', name))
  const whole = packed.has(kind)
  rows.push(
    `    {"${name}", "${types[kind]}", ${place(plain)},\n     ` +
      `${whole ? '{}' : smaller(brotli(plain), plain)}, ` +
      `${whole ? '{}' : smaller(gzipSync(plain, { level: 9 }), plain)}},`,
  )
}
const page = place(await readFile(path.join(dist, 'index.html')))

const bin = path.join(out, 'bundle.bin')
await writeFile(bin, Buffer.concat(parts))
await writeFile(
  path.join(out, 'bundle.cpp'),
  `#include "api/web/bundle.hpp"

extern "C" const char ks_web_bundle[];
asm(R"(
  .section .rodata
  .balign 16
  .global ks_web_bundle
  .hidden ks_web_bundle
ks_web_bundle:
  .incbin ${JSON.stringify(bin)}
  .byte 0
  .previous
)");

namespace ks::api {
namespace {
constexpr WebFile kFiles[] = {
${rows.join('\n')}
};
}  // namespace
WebBundle web_bundle() { return {${page}, kFiles}; }
}  // namespace ks::api
`,
)
