import type {
  NagiosContact,
  NagiosContactPolicy,
  NagiosHost,
  NagiosMonitored,
  NagiosService,
  NagiosSettings,
  NagiosTold,
} from '../nagios/objects.ts'
import {
  ATTEMPTS_MAX,
  HOST_NOTICES,
  HOST_STATES,
  importanceOf,
  intervalText,
  lettersOf,
  percentOf,
  secondsText,
  SERVICE_NOTICES,
  SERVICE_STATES,
  unitsText,
  type Attributes,
  type AttributeValue,
} from './attribute-rules.ts'

/** The custom variable of a host that says what Nagios has no directive for. */
export const CLUSTER_VARIABLE = '_PARALLAX_CLUSTER'

/** Attributes of objects as Nagios resolved them, in our words: what a compiled object must say. */

export function hostTarget(host: NagiosHost, settings: NagiosSettings): Attributes {
  const { values } = host
  return {
    alias: host.alias === host.name ? undefined : host.alias,
    address: host.address === host.name ? undefined : host.address,
    parents: host.parents,
    cluster: host.definition.customVariables.get(CLUSTER_VARIABLE)?.value,
    ...monitoredTarget(values, settings, 'host'),
    ...toldTarget(host, settings),
  }
}

export function serviceTarget(service: NagiosService, settings: NagiosSettings): Attributes {
  const { values } = service
  return {
    isVolatile: values.isVolatile,
    ...monitoredTarget(values, settings, 'service'),
  }
}

/** What a service may have from its host. */
export function toldTarget(told: NagiosTold, settings: NagiosSettings): Attributes {
  return {
    contacts: told.contacts,
    contactGroups: told.contactGroups,
    notificationInterval: unitsText(told.notificationInterval, settings),
    notificationPeriod: told.notificationPeriod,
  }
}

function monitoredTarget(
  values: NagiosMonitored,
  settings: NagiosSettings,
  kind: 'host' | 'service',
): Attributes {
  const isHost = kind === 'host'
  const isExecuted = isHost ? settings.executeHostChecks : settings.executeServiceChecks
  const isAccepted = isHost ? settings.acceptPassiveHostChecks : settings.acceptPassiveServiceChecks
  const [low, high] = isHost
    ? [settings.lowHostFlapThreshold, settings.highHostFlapThreshold]
    : [settings.lowServiceFlapThreshold, settings.highServiceFlapThreshold]
  const timeoutSeconds = isHost
    ? settings.hostCheckTimeoutSeconds
    : settings.serviceCheckTimeoutSeconds
  const known = isHost ? HOST_STATES : SERVICE_STATES
  const flapOptions = lettersOf(values.flapOptions, known)
  const highPercent = percentOf(values.highFlapThreshold || high)
  return {
    displayName: values.displayName,
    checkCommand: values.checkCommand,
    checkPeriod: values.checkPeriod,
    checkInterval: intervalText(values.checkInterval, settings),
    retryInterval: intervalText(values.retryInterval, settings),
    maxCheckAttempts: Math.min(values.maxAttempts, ATTEMPTS_MAX),
    checkTimeout: timeoutSeconds > 0 ? secondsText(timeoutSeconds) : undefined,
    activeChecksEnabled: values.activeChecks && isExecuted && values.checkInterval > 0,
    passiveChecksEnabled: values.passiveChecks && isAccepted,
    freshnessThreshold: freshness(values, settings, isHost),
    flapDetectionEnabled:
      values.flapDetection && settings.enableFlapDetection && flapOptions?.[0] !== 'n',
    // Flapping cannot end above where it begins.
    lowFlapThreshold: Math.min(percentOf(values.lowFlapThreshold || low), highPercent),
    highFlapThreshold: highPercent,
    flapDetectionOptions: flapOptions?.[0] === 'n' ? undefined : flapOptions,
    stalkingOptions: stalking(values.stalkingOptions, known),
    eventHandler: values.eventHandler,
    eventHandlerEnabled: values.eventHandlerEnabled && settings.enableEventHandlers,
    notificationsEnabled: values.notifications && settings.enableNotifications,
    notificationOptions: lettersOf(
      values.notificationOptions,
      isHost ? HOST_NOTICES : SERVICE_NOTICES,
    ),
    firstNotificationDelay: unitsText(values.firstNotificationDelay, settings),
    importance: importanceOf(values.importance),
    notes: values.notes,
    notesUrl: followable(values.notesUrl),
    actionUrl: followable(values.actionUrl),
    iconImage: values.iconImage,
  }
}

export function contactTarget(contact: NagiosContact): Attributes {
  return {
    alias: contact.alias === contact.name ? undefined : contact.alias,
    email: contact.email,
    pager: contact.pager,
    addresses: addressesOf(contact.addresses),
    minimumImportance: importanceOf(contact.minimumImportance),
    canSubmitCommands: contact.canSubmitCommands,
    ...policyTarget('host', contact.hosts),
    ...policyTarget('service', contact.services),
  }
}

function policyTarget(kind: 'host' | 'service', policy: NagiosContactPolicy): Attributes {
  return {
    [`${kind}NotificationsEnabled`]: policy.isEnabled,
    [`${kind}NotificationPeriod`]: policy.period,
    [`${kind}NotificationOptions`]: lettersOf(
      policy.options,
      kind === 'host' ? HOST_NOTICES : SERVICE_NOTICES,
    ),
    [`${kind}NotificationCommands`]: policy.commands,
  }
}

/** Gaps are kept: the third address stays `$CONTACTADDRESS3$`. */
function addressesOf(addresses: readonly (string | undefined)[]): readonly string[] | undefined {
  const last = addresses.findLastIndex((address) => address !== undefined)
  return last < 0 ? undefined : addresses.slice(0, last + 1).map((address) => address ?? '')
}

/** What a browser may follow; other texts are no addresses for us (docs/reference/nagios.md). */
function followable(url: string | undefined): string | undefined {
  return url !== undefined && /^(https?:\/\/|\/(?!\/)|\$)/.test(url) ? url : undefined
}

/** Without a threshold Nagios waits for one interval and its own latency. */
function freshness(
  values: NagiosMonitored,
  settings: NagiosSettings,
  isHost: boolean,
): string | undefined {
  const isOn = isHost ? settings.checkHostFreshness : settings.checkServiceFreshness
  if (!values.checkFreshness || !isOn) return undefined
  if (values.freshnessThreshold > 0) return secondsText(values.freshnessThreshold)
  if (values.activeChecks && values.checkInterval > 0) return undefined
  const seconds =
    values.checkInterval * settings.intervalLengthSeconds +
    settings.additionalFreshnessLatencySeconds
  return seconds > 0 ? secondsText(seconds) : undefined
}

/** By default nothing is stalked; `a` is every state. */
function stalking(options: string, states: string): AttributeValue | undefined {
  const found = lettersOf(options, states) ?? states.split('')
  return found[0] === 'n' ? undefined : found
}
