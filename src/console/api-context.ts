import { createContext } from 'react'
import { Api } from './api.ts'

/** The one client of the page; it keeps the session's CSRF token. */
export const ApiContext = createContext(new Api())
