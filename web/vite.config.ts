import { fileURLToPath } from 'node:url'

import tailwindcss from '@tailwindcss/vite'
import { tanstackRouter } from '@tanstack/router-plugin/vite'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

import { routing } from './tools/routing.mjs'

// What the server fills in, for `npm run dev`, where Vite serves the document.
const places: Plugin = {
  name: 'places',
  apply: 'serve',
  transformIndexHtml: (html) =>
    html
      .replaceAll('{{locale}}', 'en')
      .replaceAll('{{theme}}', 'system')
      .replaceAll('{{product}}', 'K8s Scheduler')
      .replaceAll('{{cluster}}', '')
      .replace(/\{\{(fault|support_mail|support_url)\}\}/g, ''),
}

export default defineConfig(({ command }) => ({
  plugins: [tanstackRouter(routing), react(), tailwindcss(), places],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // The server puts the reply's own nonce there.
  html: command === 'build' ? { cspNonce: '{{nonce}}' } : {},
  build: {
    outDir: process.env.KS_WEB_OUT ?? 'dist',
    emptyOutDir: true,
    target: 'es2022',
    manifest: true,
    // A data: address would need a place in the policy.
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What every page needs, in one file rather than thirty.
            { name: 'libraries', tags: ['$initial'], test: /node_modules\/(react|react-dom|scheduler|@tanstack)\//, priority: 2 },
            { name: 'main', tags: ['$initial'], priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    proxy: { '/api': process.env.KS_API ?? 'http://localhost:8080' },
  },
  test: { include: ['src/**/*.test.ts'], reporters: ['default', './tools/count.ts'] },
}))
