import { z } from 'zod'
import {
  configurationKind,
  configurationObject,
  configurationObjects,
  objectPut,
  type ConfigurationObject,
} from '../../wire/api/configuration.ts'
import { configurationObjectsQuery, removalQuery } from '../../wire/api/configuration-queries.ts'
import { audit, authorOf, type Web, type WebContext } from '../context.ts'
import { ApiFailure } from '../errors.ts'
import type { ConfigurationDesk, ObjectOutcome } from '../ports.ts'

const TAGS = ['configuration']
/** One object; a host with some hundred services of its own is 50 kB. */
const OBJECT_BODY_BYTES_MAX = 1024 * 1024

/** Any name that an object may have, encoded once (`encodeURIComponent`). */
const objectParams = z.object({
  kind: configurationKind,
  name: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not hold control characters'),
})

/** Objects that the hub keeps itself, beside its files. Reading needs an operator: commands and variables may tell much. */
export function objectRoutes(app: Web, context: WebContext, desk: ConfigurationDesk): void {
  app.get(
    '/configuration/objects',
    {
      config: { access: 'operator' },
      schema: {
        tags: TAGS,
        summary: 'Objects that were made through the API, active and pending',
        querystring: configurationObjectsQuery,
        response: { 200: configurationObjects },
      },
    },
    ({ query: { kind, managedBy, pending, after, limit } }) =>
      desk.objects({ kind, managedBy, isPending: pending, after, limit }),
  )
  app.get(
    '/configuration/objects/:kind/:name',
    {
      config: { access: 'operator' },
      schema: {
        tags: TAGS,
        summary: 'One object of the API as it stands',
        params: objectParams,
        response: { 200: configurationObject },
      },
    },
    async ({ params: { kind, name } }) => {
      const object = await desk.object(kind, name)
      if (object === undefined) throw unknownObject(kind, name)
      return object
    },
  )
  putRoute(app, context, desk)
  removeRoute(app, context, desk)
}

/** An administrator's: whoever applies next runs the commands that stand here. */
function putRoute(app: Web, context: WebContext, desk: ConfigurationDesk): void {
  app.put(
    '/configuration/objects/:kind/:name',
    {
      config: { access: 'admin' },
      bodyLimit: OBJECT_BODY_BYTES_MAX,
      schema: {
        tags: TAGS,
        summary: 'Make or change an object; it is pending until the next apply',
        params: objectParams,
        body: objectPut,
        response: { 200: configurationObject },
      },
    },
    async (request) => {
      const { kind, name } = request.params
      const { value, managedBy, force = false } = request.body
      refuseOddValue(value)
      const author = authorOf(request)
      const object = doneOf(
        await desk.put({ kind, name, value, managedBy, force }, author),
        kind,
        name,
      )
      const subject = `${kind}/${name}`
      const detail = wordsOf(object, force)
      await audit(context, request, { action: 'configuration.put', subject, detail })
      return object
    },
  )
}

function removeRoute(app: Web, context: WebContext, desk: ConfigurationDesk): void {
  app.delete(
    '/configuration/objects/:kind/:name',
    {
      config: { access: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'Delete an object of the API; it stays active until the next apply',
        params: objectParams,
        querystring: removalQuery,
        response: { 200: configurationObject },
      },
    },
    async (request) => {
      const { kind, name } = request.params
      const { managedBy, force } = request.query
      const author = authorOf(request)
      const object = doneOf(await desk.remove({ kind, name, managedBy, force }, author), kind, name)
      const subject = `${kind}/${name}`
      const detail = wordsOf(object, force)
      await audit(context, request, { action: 'configuration.delete', subject, detail })
      return object
    },
  )
}

/** Nothing that is configured is nested so deep; what walks through a value must not run out of stack. */
const DEPTH_MAX = 100

/** @throws ApiFailure `invalid_input` */
function refuseOddValue(value: unknown): void {
  const fault = (message: string): ApiFailure =>
    new ApiFailure('invalid_input', undefined, { details: [{ path: 'body.value', message }] })
  if (value === undefined) throw fault('is missing')
  let level: readonly unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEPTH_MAX) throw fault(`is nested deeper than ${DEPTH_MAX} levels`)
    level = level.flatMap((one) =>
      typeof one === 'object' && one !== null ? (Object.values(one) as unknown[]) : [],
    )
  }
}

/** @throws ApiFailure for every outcome but `done` */
function doneOf(outcome: ObjectOutcome, kind: string, name: string): ConfigurationObject {
  switch (outcome.kind) {
    case 'done':
      return outcome.object
    case 'unknown':
      throw unknownObject(kind, name)
    case 'owned': {
      const message = `${kind}/${name} belongs to ${outcome.managedBy}.`
      throw new ApiFailure('object_owned', message)
    }
    case 'invalid': {
      const details = outcome.problems.map(({ path, message }) => ({
        path: path === '' ? 'body.value' : `body.value.${path}`,
        message,
      }))
      throw new ApiFailure('invalid_input', undefined, { details })
    }
  }
}

function unknownObject(kind: string, name: string): ApiFailure {
  const message = `the API keeps no object ${kind}/${name}; what is written in files is not here.`
  return new ApiFailure('unknown_object', message)
}

function wordsOf({ managedBy }: ConfigurationObject, force: boolean): string {
  return `managed by ${managedBy}${force ? ', force' : ''}`
}
