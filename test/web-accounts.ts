import type {
  Account,
  AccountStore,
  AuditEntry,
  StoredSession,
  StoredToken,
} from '../src/web/ports.ts'

/** Accounts in memory, for tests of the web server that need no database; it can be out of reach. */
export interface MemoryAccounts extends AccountStore {
  readonly accounts: Map<string, Account>
  readonly sessions: Map<string, StoredSession>
  readonly tokens: Map<string, StoredToken>
  readonly audited: AuditEntry[]
  isAvailable: boolean
}

export class AccountsOutOfReach extends Error {
  override readonly name = 'StoreUnavailable'
}

export function createMemoryAccounts(): MemoryAccounts {
  const accounts = new Map<string, Account>()
  const sessions = new Map<string, StoredSession>()
  const tokens = new Map<string, StoredToken>()
  const audited: AuditEntry[] = []
  let setupHash: string | undefined
  const store: MemoryAccounts = {
    accounts,
    sessions,
    tokens,
    audited,
    isAvailable: true,
    countAccounts: async () => reached(accounts.size),
    createAccount: async (account, onlyWhenEmpty) => {
      reached(undefined)
      if (accounts.has(account.username) || (onlyWhenEmpty && accounts.size > 0)) return false
      accounts.set(account.username, account)
      return true
    },
    findAccount: async (username) => reached(accounts.get(username)),
    saveSession: async (session) => void reached(sessions.set(session.idHash, session)),
    findSession: async (idHash) => reached(sessions.get(idHash)),
    touchSession: async (idHash, lastSeenAt) => {
      const session = reached(sessions.get(idHash))
      if (session !== undefined) sessions.set(idHash, { ...session, lastSeenAt })
    },
    deleteSession: async (idHash) => void reached(sessions.delete(idHash)),
    saveToken: async (token) => void reached(tokens.set(token.id, token)),
    findToken: async (id) => reached(tokens.get(id)),
    listTokens: async () => reached([...tokens.values()]),
    touchToken: async (id, lastUsedAt) => {
      const token = reached(tokens.get(id))
      if (token !== undefined) tokens.set(id, { ...token, lastUsedAt })
    },
    deleteToken: async (id) => reached(tokens.delete(id)),
    audit: async (entry) => void reached(audited.push(entry)),
    getSetupTokenHash: async () => reached(setupHash),
    setSetupTokenHash: async (hash) => {
      reached(undefined)
      setupHash = hash
    },
  }
  const reached = <T>(value: T): T => {
    if (!store.isAvailable) throw new AccountsOutOfReach('switched off')
    return value
  }
  return store
}
