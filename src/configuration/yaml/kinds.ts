import type { z } from 'zod'
import { clusterSchema } from './cluster-schema.ts'
import { commandSchema } from './command-schemas.ts'
import {
  applySchema,
  contactGroupSchema,
  contactSchema,
  contactTemplateSchema,
  hostGroupSchema,
  hostSchema,
  hostTemplateSchema,
  observeSchema,
  resourceSchema,
  secretSchema,
  serviceGroupSchema,
  serviceSchema,
  serviceTemplateSchema,
  timePeriodSchema,
} from './schema.ts'
import {
  hostDependencySchema,
  hostEscalationSchema,
  serviceDependencySchema,
  serviceEscalationSchema,
} from './relation-schemas.ts'

/** Every kind of object: where it is written (the keys that lead to it from the top), and its schema. */
export const KINDS = {
  hosts: { path: ['hosts'], schema: hostSchema, word: 'host' },
  services: { path: ['services'], schema: serviceSchema, word: 'service' },
  apply: { path: ['apply'], schema: applySchema, word: 'apply rule' },
  observe: { path: ['observe'], schema: observeSchema, word: 'observe rule' },
  commands: { path: ['commands'], schema: commandSchema, word: 'command' },
  hostTemplates: {
    path: ['templates', 'hosts'],
    schema: hostTemplateSchema,
    word: 'host template',
  },
  serviceTemplates: {
    path: ['templates', 'services'],
    schema: serviceTemplateSchema,
    word: 'service template',
  },
  hostGroups: { path: ['hostGroups'], schema: hostGroupSchema, word: 'host group' },
  serviceGroups: { path: ['serviceGroups'], schema: serviceGroupSchema, word: 'service group' },
  timePeriods: { path: ['timePeriods'], schema: timePeriodSchema, word: 'time period' },
  contacts: { path: ['contacts'], schema: contactSchema, word: 'contact' },
  contactGroups: { path: ['contactGroups'], schema: contactGroupSchema, word: 'contact group' },
  contactTemplates: {
    path: ['templates', 'contacts'],
    schema: contactTemplateSchema,
    word: 'contact template',
  },
  hostDependencies: {
    path: ['hostDependencies'],
    schema: hostDependencySchema,
    word: 'host dependency',
  },
  serviceDependencies: {
    path: ['serviceDependencies'],
    schema: serviceDependencySchema,
    word: 'service dependency',
  },
  hostEscalations: {
    path: ['hostEscalations'],
    schema: hostEscalationSchema,
    word: 'host escalation',
  },
  serviceEscalations: {
    path: ['serviceEscalations'],
    schema: serviceEscalationSchema,
    word: 'service escalation',
  },
  clusters: { path: ['clusters'], schema: clusterSchema, word: 'cluster' },
  resources: { path: ['resources'], schema: resourceSchema, word: 'resource' },
  secrets: { path: ['secrets'], schema: secretSchema, word: 'secret' },
} as const satisfies Record<string, Kind>

export interface Kind {
  readonly path: readonly [string] | readonly [string, string]
  readonly schema: z.ZodType
  readonly word: string
}

export type KindName = keyof typeof KINDS
export type ValueOf<K extends KindName> = z.output<(typeof KINDS)[K]['schema']>
