import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { createJsonSchemaTransform } from 'fastify-type-provider-zod'
import { DOCS_POLICY, policyText } from './content-policy.ts'
import type { Web } from './context.ts'

/** OpenAPI 3.1 from the routes' own schemas. Must be registered before them. */
export async function describeApi(app: Web, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Parallax',
        version,
        description:
          'Every failure is `{"error": {"code", "message", "details"}}`. Send `authorization: Bearer plx_...`, or the cookie of a ' +
          'session; changing requests of a session carry its `x-parallax-csrf`.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: [
        { name: 'now', description: 'The present, from memory' },
        { name: 'past', description: 'Results, changes and series, from the database' },
        { name: 'actions', description: 'What changes something' },
        {
          name: 'configuration',
          description: 'What is monitored: plan, apply, revisions, objects',
        },
        { name: 'session', description: 'First run, sign-in, sign-out' },
        { name: 'tokens', description: 'API tokens' },
        { name: 'system', description: 'Health, metrics, schema' },
      ],
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: 'parallax' },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    transform: createJsonSchemaTransform({ skipList: [] }),
  })
}

/** The page with its assets from the package itself: nothing is loaded from elsewhere. It only shows; actions need a CSRF header. */
export async function showApi(app: Web): Promise<void> {
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    uiConfig: { supportedSubmitMethods: ['get'], deepLinking: true, defaultModelsExpandDepth: 0 },
    transformSpecificationClone: false,
    staticCSP: policyText(DOCS_POLICY),
  })
  app.get(
    '/api/openapi.json',
    { config: { access: 'viewer' }, schema: { hide: true } },
    async (_request, reply) =>
      reply.type('application/json; charset=utf-8').send(JSON.stringify(app.swagger())),
  )
}
