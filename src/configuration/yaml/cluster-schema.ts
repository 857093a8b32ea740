import { z } from 'zod'
import { DEFAULT_SILENCE_MS, DEFAULT_TAKEOVER_RATE, NODE_NAME } from '../../domain/cluster.ts'
import { durationMs } from '../duration.ts'
import { duration, text } from './field-schemas.ts'

/** Members beat every second: less than two missed beats says nothing. */
const SILENCE_MIN_MS = 2_000
const SILENCE_MAX_MS = 600_000

const port = z.int().min(1).max(65_535)

/** ssh is started with these: neither may be read as an option. */
const sshHost = text(255).regex(
  /^[A-Za-z0-9[][A-Za-z0-9.:%\]_-]*$/,
  'is no address\nwrite a name or an IP address',
)
const sshUser = text(64).regex(/^[A-Za-z_][A-Za-z0-9._-]*$/, 'is no name of a user')

const portsOfHubs = z.record(z.string().regex(NODE_NAME, 'is no name of a hub'), port)

const tunnelSchema = z
  .strictObject({
    ssh: sshHost.describe('Name or IP address of the machine in the cluster where sshd listens.'),
    port: port.describe('Port of sshd. Default 22.').optional(),
    user: sshUser.describe('Who signs in there. Default parallax.').optional(),
    remotePort: port
      .describe(
        "Port on that machine, on its loopback address, that comes out at the hub's bus. Default 4222.",
      )
      .optional(),
    remotePorts: portsOfHubs
      .describe(
        'Such ports by the name of the hub, when several hubs come to that machine. A hub that is not named keeps no tunnel to it.',
      )
      .optional(),
    leafPorts: portsOfHubs
      .describe(
        "Ports on that machine by the name of the hub, for the cluster's own servers: they come out at the hub's --leaf-listen.",
      )
      .optional(),
    hostKey: z
      .string()
      .regex(
        /^SHA256:[A-Za-z0-9+/]{43}$/,
        'is no fingerprint\nwrite it as `ssh-keygen -lf` prints it: SHA256:...',
      )
      .describe(
        'Fingerprint of the only host key that is believed. Without it an operator trusts the key once: `parallax cluster trust-host`.',
      )
      .optional(),
  })
  .describe(
    'For a cluster that cannot reach the hub: the hub keeps an SSH connection to it, and its collectors connect through that.',
  )

export const clusterSchema = z
  .strictObject({
    alias: text().describe('A longer name; the name itself when absent.').optional(),
    notes: text().describe('Free text.').optional(),
    site: text()
      .describe(
        'Where it stands: clusters of one site may fail together and count as one witness; hosts of that site are looked at from inside. The cluster itself when absent.',
      )
      .optional(),
    silence: duration
      .refine((value) => lengthOf(value) >= SILENCE_MIN_MS, 'must be two seconds at least')
      .refine((value) => lengthOf(value) <= SILENCE_MAX_MS, 'must be ten minutes at most')
      .describe(
        `A collector that is silent for so long is gone: the others take its hosts. Default ${DEFAULT_SILENCE_MS / 1000}s.`,
      )
      .optional(),
    takeoverRate: z
      .int()
      .min(1)
      .max(100_000)
      .describe(
        `After a takeover a collector starts at most so many checks of the new hosts a second. Default ${DEFAULT_TAKEOVER_RATE}.`,
      )
      .optional(),
    tunnel: tunnelSchema.optional(),
  })
  .describe('Collectors at one place that share the checks of its hosts.')

/** A text that is no duration was refused before. */
function lengthOf(value: string): number {
  return durationMs(value) ?? SILENCE_MIN_MS
}
