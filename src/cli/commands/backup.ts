import { open, rename, rm } from 'node:fs/promises'
import process from 'node:process'
import { Option, type Command } from 'commander'
import { systemClock } from '../../adapters/system/clock.ts'
import { createLog } from '../../adapters/system/log.ts'
import { counted } from '../../base/words.ts'
import { environment } from '../../settings/environment.ts'
import { readSettings } from '../../settings/settings.ts'
import { NODE_NAME } from '../../domain/cluster.ts'
import type { SoundBackup } from '../../roles/backup/read-backup.ts'
import type { Client } from '../client.ts'
import { hubCommand, withExamples, withHubOptions } from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { createTerminal } from '../terminal.ts'

/** A backup of the largest installation takes some seconds; this is for one whose database is busy. */
const BACKUP_MS_MAX = 600_000

export function addBackup(program: Command): void {
  const command = program
    .command('backup')
    .argument('<file>', 'where to write it; an older one is replaced by a whole one only')
    .description(
      'all that a new hub needs: configuration, accounts, collectors, keys of the installation',
    )
  withExamples(command, [
    ['parallax backup hub-a.backup', 'then, on another machine: parallax restore'],
    ['parallax backup /var/backups/parallax.backup -q', 'for cron'],
  ])
  withHubOptions(command).action(async (file: string, _flags: unknown, self: Command) => {
    const { terminal, client } = hubCommand(self)
    const { bytes, activations, accounts, files } = await fetchBackup(client, file)
    terminal.say(
      `${file}: ${bytes} bytes, ${counted(activations, 'activation')}, ${counted(accounts, 'account')}, ${counted(files, 'key file')}`,
    )
    terminal.say('It holds the keys of the installation: keep it as you keep passwords.')
  })
}

/** Replaces the file when all has come. */
async function fetchBackup(
  client: Client,
  file: string,
): Promise<SoundBackup & { readonly bytes: number }> {
  const draft = `${file}.${process.pid}.unfinished`
  const response = await client.send('POST', '/api/v1/backup', AbortSignal.timeout(BACKUP_MS_MAX))
  try {
    const written = await open(draft, 'wx', 0o600)
    let bytes = 0
    try {
      for await (const chunk of response.body ?? []) {
        await written.write(chunk)
        bytes += chunk.byteLength
      }
      await written.sync()
    } finally {
      await written.close()
    }
    const { examineBackup } = await import('../../roles/backup/read-backup.ts')
    const sound = await examineBackup(draft)
    await rename(draft, file)
    return { ...sound, bytes }
  } catch (error) {
    throw new CommandFailed(
      EXIT.failed,
      `the backup was not written: ${(error as Error).message}`,
      'the log of the hub says why it broke off, if it did',
    )
  } finally {
    await rm(draft, { force: true })
  }
}

interface RestoreFlags {
  readonly data?: string
  readonly name?: string
  readonly databaseUrl?: string
}

/** Faults that a person can mend; their messages say how. */
const FAULTS = new Set([
  'BackupRefused',
  'SchemaRefused',
  'DatabaseNotEmpty',
  'DatabaseInUse',
  'DataFolderInUse',
  'EmbeddedUnavailable',
  'StoreUnavailable',
])

export function addRestore(program: Command): void {
  const command = program
    .command('restore')
    .argument('<file>', 'a backup of another hub, or of this one before it was lost')
    .description('make the data folder of a hub from a backup; history and results are not in it')
    .option('--data <folder>', 'an empty folder, or one that is not there yet (PARALLAX_DATA)')
    .addOption(
      new Option(
        '--name <name>',
        'of a further hub; without it, it takes the place of the old one',
      ),
    )
    .option(
      '--database-url <url>',
      'an empty database of this server instead of the embedded one (PARALLAX_DATABASE_URL)',
    )
  withExamples(command, [
    [
      'parallax restore hub-a.backup --name hub-b --data /var/lib/parallax',
      'then: parallax hub --peer hub-a=tls://...',
    ],
    ['parallax restore hub-a.backup --data /var/lib/parallax', 'the old hub is gone for good'],
  ])
  command.action(async (file: string, flags: RestoreFlags) => {
    const terminal = createTerminal(false)
    const { data, name, databaseUrl } = flags
    if (name !== undefined && !NODE_NAME.test(name))
      throw new CommandFailed(
        EXIT.usage,
        `--name: '${name}' cannot be used`,
        'write small letters, digits and hyphens, such as hub-b',
      )
    const settings = readSettings({ data, 'database-url': databaseUrl }, environment())
    const { restoreHub } = await import('../../roles/backup/restore.ts')
    try {
      const restored = await restoreHub({
        file,
        data: settings.data,
        databaseUrl: settings.databaseUrl,
        name,
        clock: systemClock,
        log: createLog('warn'),
        progress: (text) => terminal.say(`${text} ...`),
      })
      const { head, activations, accounts } = restored
      terminal.say(
        `${settings.data} is hub ${restored.name}, from the backup of ${head.hub} of ${head.createdAt}: ${counted(activations, 'activation')}, ${counted(accounts, 'account')}`,
      )
      terminal.say(nextSteps(restored.name, head.hub, settings.data))
    } catch (error) {
      if (error instanceof Error && FAULTS.has(error.name))
        throw new CommandFailed(EXIT.failed, error.message, 'nothing was restored')
      throw error
    }
  })
}

function nextSteps(name: string, old: string, data: string): string {
  return name === old
    ? `Start it with \`parallax hub --data ${data}\`. The old ${old} must never start again.`
    : `Start it with \`parallax hub --data ${data} --peer ${old}=tls://HOST:PORT\`, and tell ${old} of it with --peer.`
}
