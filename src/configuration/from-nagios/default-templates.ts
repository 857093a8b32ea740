import type { NagiosSettings } from '../nagios/objects.ts'
import type { Attributes } from './attribute-rules.ts'
import { meaningOf } from './comparison.ts'

/** Where Nagios, with the settings of its main file, takes something else for granted than we do. */
export function defaultsOf(settings: NagiosSettings, kind: 'host' | 'service'): Attributes {
  const isHost = kind === 'host'
  const unit = settings.intervalLengthSeconds
  const nagios: Attributes = {
    checkInterval: `${5 * unit}s`,
    retryInterval: `${unit}s`,
    checkTimeout: `${isHost ? settings.hostCheckTimeoutSeconds : settings.serviceCheckTimeoutSeconds}s`,
    // A service takes its host's.
    ...(isHost ? { notificationInterval: `${30 * unit}s` } : {}),
    flapDetectionEnabled: settings.enableFlapDetection,
    lowFlapThreshold: isHost ? settings.lowHostFlapThreshold : settings.lowServiceFlapThreshold,
    highFlapThreshold: isHost ? settings.highHostFlapThreshold : settings.highServiceFlapThreshold,
    eventHandlerEnabled: settings.enableEventHandlers,
    notificationsEnabled: settings.enableNotifications,
    activeChecksEnabled: isHost ? settings.executeHostChecks : settings.executeServiceChecks,
    passiveChecksEnabled: isHost
      ? settings.acceptPassiveHostChecks
      : settings.acceptPassiveServiceChecks,
  }
  return Object.fromEntries(
    Object.entries(nagios).filter(
      ([key, value]) => meaningOf(key, value) !== meaningOf(key, undefined),
    ),
  )
}
