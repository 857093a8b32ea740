import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'

const root = join(import.meta.dirname, '..', '..')
const assets = join(root, 'dist', 'console', 'assets')

/** Builds the console as `npm ci` does, there or where it is told to. */
export async function buildConsole(folder = join(root, 'dist', 'console')): Promise<void> {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  await promisify(execFile)(
    process.execPath,
    [vite, 'build', '--logLevel', 'warn', '--outDir', folder],
    { cwd: root },
  )
}

export function builtPage(): string {
  return readFileSync(join(root, 'dist', 'console', 'index.html'), 'utf8')
}

export interface Asset {
  readonly name: string
  readonly gzipBytes: number
  /** Named by the page itself: loaded before anything is seen. */
  readonly isInitial: boolean
}

export function builtAssets(): readonly Asset[] {
  const page = builtPage()
  return readdirSync(assets).map((name) => ({
    name,
    gzipBytes: gzipSync(readFileSync(join(assets, name)), { level: 6 }).length,
    isInitial: page.includes(`/assets/${name}`),
  }))
}
