/** The embedded server cannot run here; the message says why and what to do. Waiting does not help. */
export class EmbeddedUnavailable extends Error {
  override readonly name = 'EmbeddedUnavailable'

  constructor(problem: string, hint: string, cause?: unknown) {
    super(
      `${problem}\n  ${hint}\n  Or give Parallax a PostgreSQL server of your own: --database-url`,
      cause === undefined ? {} : { cause },
    )
  }
}
