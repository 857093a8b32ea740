import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { join } from 'node:path'
import { defineConfig } from 'vite'

// A test runner or a developer's shell may say something else, and React would then be built with all its warnings.
process.env['NODE_ENV'] = 'production'

/**
 * Builds the console only. Everything lands in hashed files and nothing is inlined, so that the hub can serve it under a
 * strict Content-Security-Policy (`script-src 'self'; style-src 'self'`).
 */
export default defineConfig({
  root: join(import.meta.dirname, 'src', 'console'),
  base: '/',
  plugins: [react(), tailwind()],
  build: {
    outDir: join(import.meta.dirname, 'dist', 'console'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
})
