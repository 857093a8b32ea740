import { COLLECTOR_COMPONENTS } from './collector-components.ts'
import type { Component } from './component.ts'
import { CLUSTER_COMPONENTS } from './cluster-components.ts'
import { HUB_COMPONENTS } from './hub-components.ts'

const components = { ...COLLECTOR_COMPONENTS, ...CLUSTER_COMPONENTS, ...HUB_COMPONENTS }

export type ComponentName = keyof typeof components

/** All parts of Parallax that its built-in check `parallax` knows, by name. */
export const COMPONENTS: Readonly<Record<ComponentName, Component>> = components

export const COMPONENT_NAMES = Object.keys(components) as [ComponentName, ...ComponentName[]]

/** Metrics that components are judged by: beats carry these of a collector. */
export const JUDGED_METRICS: ReadonlySet<string> = new Set(
  Object.values(COMPONENTS).flatMap(({ measures }) =>
    measures.flatMap(({ from, to }) => (to === undefined ? [from] : [from, to])),
  ),
)
