import { spawn } from 'node:child_process'

/**
 * A shell that waits for the end of our process, however it comes, and then asks the server to stop: a `kill -9` leaves no
 * server behind. It reads a pipe whose other end only we hold.
 * @returns dismisses it
 */
export function watchOver(pid: number): () => void {
  const shell = spawn('/bin/sh', ['-c', `read -r word; [ "$word" = done ] || kill -INT ${pid}`], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  shell.on('error', () => undefined) // without a shell the next start clears the way
  shell.stdin.on('error', () => undefined)
  shell.unref()
  ;(shell.stdin as unknown as { unref(): void }).unref()
  return () => void shell.stdin.end('done\n')
}
