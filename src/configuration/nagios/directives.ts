import type { NagiosType } from './object-types.ts'
import {
  CONTACT_COMMON,
  HOST_DEPENDENCY_OPTIONS,
  HOST_ESCALATION_OPTIONS,
  HOST_NOTIFICATION_OPTIONS,
  HOST_STATE_OPTIONS,
  SERVICE_DEPENDENCY_OPTIONS,
  SERVICE_ESCALATION_OPTIONS,
  SERVICE_NOTIFICATION_OPTIONS,
  SERVICE_STATE_OPTIONS,
  type OptionSet,
} from './options.ts'

/**
 * How a directive is read and inherited:
 * `name` the object's own name; `literal` text, `null` is no special word; `text` text that `null` empties; `list` as text, and `+` adds
 * to what is inherited; `group` a list whose repetitions add up; `number` and `flag` what C reads at the beginning; `options` letters;
 * `state` one letter; `coordinates` numbers with commas; `obsolete` read and dropped.
 */
export type DirectiveKind =
  | 'name'
  | 'literal'
  | 'text'
  | 'list'
  | 'group'
  | 'number'
  | 'flag'
  | 'options'
  | 'state'
  | 'coordinates'
  | 'obsolete'

export interface DirectiveSpec {
  readonly name: string
  readonly kind: DirectiveKind
  /** Where its value stands in `ResolvedDefinition.slots`; -1 for obsolete ones. */
  readonly slot: number
  readonly aliases: readonly string[]
  /** The aliases of which Nagios warns. */
  readonly isAliasDeprecated: boolean
  readonly options: OptionSet | undefined
  /** An empty value is refused. */
  readonly isNeverEmpty: boolean
  /** For `state`: letter or word to letter. */
  readonly states: Readonly<Record<string, string>> | undefined
}

type Written = Partial<Omit<DirectiveSpec, 'name' | 'kind' | 'slot'>>

/** What may be written in a `define` of one type. */
export interface TypeTable {
  readonly type: NagiosType
  readonly specs: readonly DirectiveSpec[]
  readonly bySlot: readonly DirectiveSpec[]
  /** By every spelling. */
  readonly bySpelling: ReadonlyMap<string, DirectiveSpec>
  /** By today's spelling. */
  readonly slotOf: ReadonlyMap<string, number>
  readonly slotCount: number
  /** Of the directive that names the object, such as `host_name`; -1 when it has none. */
  readonly nameSlot: number
  readonly hasCustomVariables: boolean
}

class TableDraft {
  readonly #specs: DirectiveSpec[] = []
  #slots = 0

  add(kind: DirectiveKind, names: string, more: Written = {}): this {
    for (const written of names.split(' ')) {
      const [name = written, ...aliases] = written.split('|')
      this.#specs.push({
        name,
        kind,
        slot: kind === 'obsolete' ? -1 : this.#slots++,
        aliases,
        isAliasDeprecated: more.isAliasDeprecated ?? false,
        options: more.options,
        isNeverEmpty: more.isNeverEmpty ?? false,
        states: more.states,
      })
    }
    return this
  }

  table(type: NagiosType): TypeTable {
    const specs = this.#specs
    return {
      type,
      specs,
      bySlot: specs.filter(({ slot }) => slot >= 0),
      bySpelling: new Map(
        specs.flatMap((spec) => [spec.name, ...spec.aliases].map((word) => [word, spec] as const)),
      ),
      slotOf: new Map(specs.filter(({ slot }) => slot >= 0).map(({ name, slot }) => [name, slot])),
      slotCount: this.#slots,
      nameSlot: specs.find(({ kind }) => kind === 'name')?.slot ?? -1,
      hasCustomVariables: type === 'host' || type === 'service' || type === 'contact',
    }
  }
}

const DEPRECATED = { isAliasDeprecated: true } as const
const NEVER_EMPTY = { isNeverEmpty: true } as const
const HOST_STATES = { o: 'o', up: 'o', d: 'd', down: 'd', u: 'u', unreachable: 'u' } as const
const SERVICE_STATES = {
  o: 'o',
  ok: 'o',
  w: 'w',
  warning: 'w',
  u: 'u',
  unknown: 'u',
  c: 'c',
  critical: 'c',
} as const

/** What hosts and services share. */
function addMonitored(draft: TableDraft): TableDraft {
  return draft
    .add('list', 'contact_groups contacts', NEVER_EMPTY)
    .add('text', 'notification_period check_command check_period event_handler')
    .add('text', 'notes notes_url action_url icon_image icon_image_alt')
    .add('number', 'check_interval|normal_check_interval', DEPRECATED)
    .add('number', 'retry_interval|retry_check_interval', DEPRECATED)
    .add('number', 'importance|hourly_value', DEPRECATED)
    .add('number', 'max_check_attempts')
    .add('flag', 'passive_checks_enabled event_handler_enabled check_freshness')
    .add('number', 'freshness_threshold low_flap_threshold high_flap_threshold')
    .add('flag', 'flap_detection_enabled notifications_enabled process_perf_data')
    .add('number', 'notification_interval first_notification_delay')
    .add('flag', 'retain_status_information retain_nonstatus_information')
    .add('obsolete', 'failure_prediction_options failure_prediction_enabled')
}

const host = addMonitored(new TableDraft().add('name', 'host_name'))
  .add('literal', 'alias address')
  .add('text', 'display_name vrml_image statusmap_image|gd2_image')
  .add('list', 'parents hostgroups|host_groups')
  .add('state', 'initial_state', { states: HOST_STATES })
  .add('flag', 'active_checks_enabled|checks_enabled obsess|obsess_over_host')
  .add('options', 'flap_detection_options stalking_options', { options: HOST_STATE_OPTIONS })
  .add('options', 'notification_options', { options: HOST_NOTIFICATION_OPTIONS })
  .add('coordinates', '2d_coords 3d_coords')
  .table('host')

const service = addMonitored(new TableDraft())
  .add('list', 'host_name|host|hosts hostgroup_name|hostgroup|hostgroups')
  .add('text', 'service_description|description display_name')
  .add('list', 'parents servicegroups|service_groups')
  .add('state', 'initial_state', { states: SERVICE_STATES })
  .add('flag', 'active_checks_enabled obsess|obsess_over_service is_volatile')
  .add('number', 'parallelize_check')
  .add('options', 'flap_detection_options stalking_options', { options: SERVICE_STATE_OPTIONS })
  .add('options', 'notification_options', { options: SERVICE_NOTIFICATION_OPTIONS })
  .table('service')

const contact = new TableDraft()
  .add('name', 'contact_name')
  .add('literal', 'alias')
  .add('list', 'contact_groups|contactgroups')
  .add('text', 'email pager address1 address2 address3 address4 address5 address6')
  .add('text', 'host_notification_period service_notification_period')
  .add('list', 'host_notification_commands service_notification_commands')
  .add('options', 'host_notification_options', { options: HOST_NOTIFICATION_OPTIONS })
  .add('options', 'service_notification_options', { options: SERVICE_NOTIFICATION_OPTIONS })
  .add('flag', CONTACT_COMMON)
  .add('number', 'minimum_importance|minimum_value', DEPRECATED)
  .table('contact')

const groupOf = (kind: 'host' | 'service' | 'contact'): TypeTable => {
  const draft = new TableDraft()
    .add('name', `${kind}group_name`)
    .add('literal', 'alias')
    .add('group', `members ${kind}group_members`)
  if (kind !== 'contact') draft.add('text', 'notes notes_url action_url')
  return draft.table(`${kind}group`)
}

const hostDependency = new TableDraft()
  .add('list', 'host_name|host|master_host|master_host_name hostgroup_name|hostgroup|hostgroups')
  .add('list', 'dependent_host_name|dependent_host')
  .add('list', 'dependent_hostgroup_name|dependent_hostgroup|dependent_hostgroups')
  .add('text', 'dependency_period')
  .add('flag', 'inherits_parent')
  .add('options', 'notification_failure_criteria|notification_failure_options', {
    options: HOST_DEPENDENCY_OPTIONS,
  })
  .add('options', 'execution_failure_criteria|execution_failure_options', {
    options: HOST_DEPENDENCY_OPTIONS,
  })
  .table('hostdependency')

const serviceDependency = new TableDraft()
  .add('list', 'host_name|host|master_host|master_host_name hostgroup_name|hostgroup|hostgroups')
  .add('list', 'servicegroup_name|servicegroup|servicegroups')
  .add('list', 'service_description|description|master_description|master_service_description')
  .add('list', 'dependent_host_name|dependent_host')
  .add('list', 'dependent_hostgroup_name|dependent_hostgroup|dependent_hostgroups')
  .add('list', 'dependent_servicegroup_name|dependent_servicegroup|dependent_servicegroups')
  .add('list', 'dependent_service_description|dependent_description')
  .add('text', 'dependency_period')
  .add('flag', 'inherits_parent')
  .add('options', 'notification_failure_criteria|notification_failure_options', {
    options: SERVICE_DEPENDENCY_OPTIONS,
  })
  .add('options', 'execution_failure_criteria|execution_failure_options', {
    options: SERVICE_DEPENDENCY_OPTIONS,
  })
  .table('servicedependency')

const addEscalation = (draft: TableDraft): TableDraft =>
  draft
    .add('list', 'contact_groups contacts', NEVER_EMPTY)
    .add('text', 'escalation_period')
    .add('number', 'first_notification last_notification notification_interval')

const hostEscalation = addEscalation(
  new TableDraft().add('list', 'host_name|host hostgroup_name|hostgroup|hostgroups'),
)
  .add('options', 'escalation_options', { options: HOST_ESCALATION_OPTIONS })
  .table('hostescalation')

const serviceEscalation = addEscalation(
  new TableDraft()
    .add('list', 'host_name|host hostgroup_name|hostgroup|hostgroups')
    .add('list', 'servicegroup_name|servicegroup|servicegroups service_description|description'),
)
  .add('options', 'escalation_options', { options: SERVICE_ESCALATION_OPTIONS })
  .table('serviceescalation')

const addExtendedInfo = (draft: TableDraft): TableDraft =>
  draft
    .add('text', 'host_name hostgroup_name|hostgroup')
    .add('text', 'notes notes_url action_url icon_image icon_image_alt')

const hostExtendedInfo = addExtendedInfo(new TableDraft())
  .add('text', 'vrml_image statusmap_image|gd2_image')
  .add('coordinates', '2d_coords 3d_coords')
  .table('hostextinfo')

const serviceExtendedInfo = addExtendedInfo(new TableDraft())
  .add('text', 'service_description')
  .table('serviceextinfo')

/** Every directive that Nagios 4.4.6 knows, by type; `use`, `name` and `register` belong to all. Days of time periods are apart. */
export const TABLES: Readonly<Record<NagiosType, TypeTable>> = {
  timeperiod: new TableDraft()
    .add('name', 'timeperiod_name')
    .add('literal', 'alias exclude')
    .table('timeperiod'),
  command: new TableDraft()
    .add('name', 'command_name')
    .add('literal', 'command_line')
    .table('command'),
  contact,
  contactgroup: groupOf('contact'),
  host,
  hostgroup: groupOf('host'),
  service,
  servicegroup: groupOf('service'),
  hostdependency: hostDependency,
  servicedependency: serviceDependency,
  hostescalation: hostEscalation,
  serviceescalation: serviceEscalation,
  hostextinfo: hostExtendedInfo,
  serviceextinfo: serviceExtendedInfo,
}
