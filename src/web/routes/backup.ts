import { audit, type Web, type WebContext } from '../context.ts'

/** A copy of all that another hub needs. It holds the keys of the installation, so it is for administrators, and the audit log knows of each. */
export function backupRoutes(app: Web, context: WebContext): void {
  app.post(
    '/backup',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['system'],
        summary:
          'Everything that another hub needs to join, keys of the installation included; `parallax restore` reads it',
      },
    },
    async (request, reply) => {
      await audit(context, request, { action: 'backup', subject: 'hub', detail: '' })
      return reply
        .type('application/gzip')
        .header('cache-control', 'no-store')
        .send(context.hub.backup())
    },
  )
}
