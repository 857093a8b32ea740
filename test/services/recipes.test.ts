import { afterEach, expect, test } from 'vitest'
import { eventually } from './program.ts'
import { openPage, type RecipePage } from './recipe-page.ts'

let page: RecipePage | undefined
afterEach(async () => {
  await page?.end()
  page = undefined
})

async function follow(name: string): Promise<RecipePage> {
  page = openPage(name)
  await page.follow()
  return page
}

/** Asks until it is so: states come with the first checks. */
function says(of: RecipePage, command: string, what: RegExp): Promise<string> {
  let last = ''
  return eventually(
    async () => {
      last = await of.run(command)
      return what.test(last) ? last : undefined
    },
    45_000,
    String(what),
  ).catch((error: unknown) => {
    throw new Error(`${command} says:\n${last}`, { cause: error })
  })
}

const AT_HUB = 'PARALLAX_DATA=~/parallax-hub bin/parallax'

test('the page of two machines works word for word', async () => {
  const recipe = await follow('two-machines.md')
  expect(recipe.printed('collector')).toContain('Joined as east.c1, for hub-a')
  expect(recipe.printed('collector')).toContain('Collector east.c1 for hub-a')
  expect(recipe.printed('hub-2')).toContain('east.c1')
  await says(recipe, `${AT_HUB} get services`, /OK +\S+ +web-01 +load /)
  await says(recipe, `${AT_HUB} cluster list`, /east +1 of 1 +1 +1/)
}, 180_000)

test('the page of a cluster with its own servers works word for word', async () => {
  const recipe = await follow('cluster-servers.md')
  expect(recipe.printed('collector-2')).toContain('Collector east.c2 for hub-a')
  await says(recipe, `${AT_HUB} get services`, /OK +\S+ +web-01 +load /)
  await says(recipe, `${AT_HUB} cluster list`, /east +2 of 2 +1 +1/)
}, 240_000)

test('the page of two hubs works word for word', async () => {
  const recipe = await follow('two-hubs.md')
  expect(recipe.printed('collector')).toContain('Collector east.c1 for hub-a, hub-b')
  for (const hub of ['hub-a', 'hub-b'])
    await says(
      recipe,
      `PARALLAX_DATA=~/parallax-${hub} bin/parallax get services`,
      /OK +\S+ +web-01 +load /,
    )
}, 240_000)

test('the page of a hub with three servers works word for word', async () => {
  const recipe = await follow('hub-with-three-servers.md')
  expect(recipe.printed('collector')).toContain('Collector east.c1 for hub-a')
  await says(recipe, `${AT_HUB} get services`, /OK +\S+ +web-01 +load /)
}, 240_000)
