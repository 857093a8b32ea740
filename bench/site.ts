/** A site of an operator, the same for every monitor: what its files say stands in `nagios-files.ts` and `icinga-files.ts`. */
export interface Site {
  readonly places: readonly Place[]
  readonly hosts: readonly SiteHost[]
}

export interface Place {
  readonly name: string
  readonly alias: string
  /** The host that all others there are behind. */
  readonly gateway: string
}

export interface SiteHost {
  readonly name: string
  readonly address: string
  readonly place: Place
  readonly role: Role
  readonly isGateway: boolean
  readonly rack: string
  /** Services that are written for this host alone. */
  readonly own: readonly SiteService[]
}

export interface SiteService {
  readonly name: string
  /** `disk`, with arguments: key of `COMMANDS`. */
  readonly command: string
  readonly arguments: readonly string[]
}

export interface Role {
  readonly name: string
  readonly alias: string
  readonly services: readonly SiteService[]
}

const service = (name: string, command: string, ...given: readonly string[]): SiteService => ({
  name,
  command,
  arguments: given,
})

/** Plugin and its options, `{n}` for the n-th argument. */
export const COMMANDS: Readonly<Record<string, string>> = {
  ping: 'check_ping -H {address} -w {1} -c {2} -p 5',
  load: 'check_load -w {1} -c {2}',
  disk: 'check_disk -w {1} -c {2} -p {3}',
  users: 'check_users -w {1} -c {2}',
  procs: 'check_procs -w {1} -c {2} -C {3}',
  ssh: 'check_ssh -H {address}',
  ntp: 'check_ntp_time -H {address} -w {1} -c {2}',
  http: 'check_http -I {address} -u {1} -w {2} -c {3}',
  certificate: 'check_http -I {address} -S -C {1}',
  tcp: 'check_tcp -H {address} -p {1}',
}

/** On every host, by the group `all`. */
export const COMMON: readonly SiteService[] = [
  service('Load', 'load', '5.0,4.0,3.0', '10.0,6.0,4.0'),
  service('Disk /', 'disk', '20%', '10%', '/'),
  service('SSH', 'ssh'),
  service('Users', 'users', '20', '50'),
  service('Clock', 'ntp', '0.5', '1'),
]

const ROLES: readonly Role[] = [
  {
    name: 'web',
    alias: 'Web servers',
    services: [
      service('HTTP', 'http', '/health', '2', '5'),
      service('Certificate', 'certificate', '21,7'),
    ],
  },
  {
    name: 'database',
    alias: 'Databases',
    services: [service('PostgreSQL', 'tcp', '5432'), service('Pooler', 'tcp', '6432')],
  },
  {
    name: 'mail',
    alias: 'Mail servers',
    services: [service('SMTP', 'tcp', '25'), service('IMAPS', 'tcp', '993')],
  },
  {
    name: 'compute',
    alias: 'Compute nodes',
    services: [
      service('Agent', 'tcp', '5666'),
      service('Scheduler', 'procs', '1:', '1:', 'slurmd'),
    ],
  },
]

/** Services of a host: 5 of all, 2 of its role, 3 of its own. */
export const SERVICES_PER_HOST = 10

/** `hostCount` hosts at 25 places; one in a hundred is the gateway of its place. */
export function createSite(hostCount: number): Site {
  const places = Array.from({ length: 25 }, (_, n): Place => {
    const name = `site-${String(n + 1).padStart(2, '0')}`
    return { name, alias: `Data centre ${n + 1}`, gateway: `${name}-gw` }
  })
  const hosts = Array.from({ length: hostCount }, (_, n): SiteHost => {
    const place = places[n % places.length] as Place
    const index = Math.floor(n / places.length)
    const isGateway = index === 0
    const role = ROLES[index % ROLES.length] as Role
    const address = `10.${n % places.length}.${index >> 8}.${index & 255}`
    return {
      name: isGateway
        ? place.gateway
        : `${place.name}-${role.name}-${String(index).padStart(3, '0')}`,
      address,
      place,
      role,
      isGateway,
      rack: `R${index % 40}`,
      own: [
        service('Disk /data', 'disk', '15%', '5%', '/data'),
        service('Process', 'procs', '1:4', '1:8', `${role.name}d-${index % 7}`),
        service('Backup port', 'tcp', String(9000 + (index % 100))),
      ],
    }
  })
  return { places, hosts }
}
