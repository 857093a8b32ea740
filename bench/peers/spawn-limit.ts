import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { needPackages } from './packages.ts'

/** Starts of `command` per second that this machine can do at best: a C program with posix_spawn, two spawners, 16 in flight. */
export function spawnLimit(command: readonly string[], seconds: number): number {
  needPackages('gcc', 'libc6-dev')
  const folder = mkdtempSync(join(tmpdir(), 'spawn-limit-'))
  try {
    const program = join(folder, 'spawn-limit')
    execFileSync('gcc', ['-O2', '-o', program, join(import.meta.dirname, 'spawn-limit.c')])
    return Number(
      execFileSync(program, ['16', String(seconds), '2', ...command], { encoding: 'utf8' }),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
