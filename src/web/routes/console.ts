import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply } from 'fastify'
import { acceptsHtml } from '../accept.ts'
import { callerFor, credentialOf } from '../access.ts'
import type { Web, WebContext } from '../context.ts'
import { ApiFailure, FAILURES } from '../errors.ts'
import { pathOf } from '../error-answer.ts'
import { nowTable } from '../now-table.ts'

/** The browser program: files of its build, and its page for every address that is not a file. Rules WC1..WC4 of docs/spec/api.md. */
export async function consoleRoutes(app: Web, context: WebContext): Promise<void> {
  const { consoleFolder } = context.settings
  await app.register(fastifyStatic, {
    root: consoleFolder,
    serve: false,
    suppressWarning: true,
    dotfiles: 'ignore',
  })
  const page = (reply: FastifyReply): FastifyReply => {
    if (!existsSync(join(consoleFolder, 'index.html'))) return sendMissing(reply)
    return reply.header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false })
  }
  const open = { config: { access: 'open' }, schema: { hide: true } } as const
  app.get('/now', open, async (request, reply) => {
    if (acceptsHtml(request.headers.accept)) return page(reply)
    const credential = credentialOf(request, context.settings)
    const caller = credential && (await callerFor(credential, context.identities))
    if (caller === undefined) throw new ApiFailure('not_signed_in')
    return reply.type('text/plain; charset=utf-8').send(nowTable(context.hub))
  })
  app.get('/', open, async (_request, reply) => page(reply))
  // Their names carry a hash of their content.
  app.get('/assets/*', open, async (request, reply) =>
    reply.sendFile(pathOf(request), { maxAge: '365d', immutable: true }),
  )
  app.get('/*', open, async (request, reply) => {
    const path = pathOf(request)
    if (path.startsWith('/api/')) throw new ApiFailure('not_found')
    const isFile = /^\/[\w-][\w.-]*$/.test(path) && existsSync(join(consoleFolder, path))
    if (isFile) return reply.sendFile(path, { maxAge: '5m' })
    if (acceptsHtml(request.headers.accept)) return page(reply)
    throw new ApiFailure('not_found')
  })
}

function sendMissing(reply: FastifyReply): FastifyReply {
  return reply
    .code(FAILURES.console_missing.status)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(MISSING)
}

const MISSING = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Parallax: the console is not built</title>
<h1>The console is not built yet</h1>
<p>The hub runs and the API answers. Build the console in the checkout, then load this page again:</p>
<pre>npm run prepare</pre>
<p><a href="/api/docs/">The API</a> and <code>parallax get problems</code> work without it.</p>
</html>
`
