/** What pages may load and run: only what is of this origin, nothing inline. */
export const CONTENT_POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  manifestSrc: ["'self'"],
  workerSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
}

/** The description of the API is drawn by Swagger UI, which puts one empty-ish style element in; it is let through by its hash. */
export const DOCS_POLICY = {
  ...CONTENT_POLICY,
  styleSrc: ["'self'", "'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='"],
}

/** As a header's value. */
export function policyText(policy: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(policy)
    .map(([name, sources]) => {
      const directive = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
      return `${directive} ${sources.join(' ')}`
    })
    .join(';')
}
