import { describe, expect, test } from 'vitest'
import { compiledFleet, problemsOf, serviceIn } from '../../test/compiled.ts'

describe('[CF22] services of host templates', () => {
  const fleet = compiledFleet(`
commands: { port: { builtin: tcp, port: $ARG1$ } }
templates:
  services: { slow: { checkInterval: 1h } }
  hosts:
    base:
      services:
        ping: { checkCommand: { builtin: ping }, notes: of base }
        load: { use: slow, checkCommand: passive, notes: $_HOSTRACK$ }
    linux:
      use: base
      services:
        load: { checkCommand: passive, notes: of linux }
        disk: { forEach: DISKS, checkCommand: passive, notes: $ITEM$ }
        port: { forEach: PORTS, name: tcp on $ITEM$, checkCommand: port!$ITEM$ }
    far: { services: { disk /: { checkCommand: passive, notes: of far }, load: { checkCommand: passive, notes: of far }, only: { checkCommand: passive } } }
hosts:
  a: { use: [linux, far], variables: { RACK: A1, DISKS: [/, /var], PORTS: [22, 443] } }
  b: { use: base, variables: { RACK: B2 }, services: { ping: { checkCommand: passive, notes: own } } }
  c: { use: [far, linux] }
  d:
services: { of d: { host: d, name: ping, checkCommand: passive } }
apply:
  load: { where: { host: '*' }, service: { checkCommand: passive, notes: of a rule } }
`)
  const notes = (id: string) => serviceIn(fleet, id).notes

  test('go to each host that uses the template, directly or through templates', () => {
    expect([...fleet.services.keys()].filter((id) => id.startsWith('a!')).sort()).toEqual([
      'a!disk /',
      'a!disk /var',
      'a!load',
      'a!only',
      'a!ping',
      'a!tcp on 22',
      'a!tcp on 443',
    ])
    expect(serviceIn(fleet, 'a/tcp on 443').check.command).toMatchObject({ options: { port: 443 } })
    expect(notes('b/load')).toBe('B2')
    expect(serviceIn(fleet, 'b/load').check.intervalMs).toBe(3_600_000)
  })
  test('of a nearer template stand instead of those of a farther one', () => {
    expect(notes('a/load')).toBe('of linux')
    expect(notes('a/disk /')).toBe('/')
    expect(notes('c/load')).toBe('of far')
    expect(notes('a/ping')).toBe('of base')
  })
  test('stand behind what the host itself says', () => {
    expect(notes('b/ping')).toBe('own')
    expect([...fleet.services.keys()].filter((id) => id.startsWith('d!'))).toEqual([
      'd!ping',
      'd!load',
    ])
  })
  test('stand before apply rules', () => {
    expect(notes('c/load')).toBe('of far')
    expect(notes('d/load')).toBe('of a rule')
  })
  test('with forEach there are none on a host without the variable', () => {
    expect([...fleet.services.keys()].filter((id) => id.startsWith('c!')).sort()).toEqual([
      'c!disk /',
      'c!load',
      'c!only',
      'c!ping',
    ])
  })
})

test('[CF22] faults are named in the template, once for all hosts', () => {
  const found = problemsOf(`templates:
  hosts:
    t:
      services:
        x: { notes: none }
        y: { checkCommand: passive, notes: $_HOSTRACK$ }
        'no!': { checkCommand: passive }
        z: { checkCommand: passive, name: $HOSTSTATE$ }
hosts: { a: { use: t }, b: { use: t } }
`)
  expect(found).toHaveLength(4)
  expect(found[0]).toContain("5:9: service 'x' of host template 't' has no checkCommand")
  expect(found[1]).toContain("6:44: host 'a' has no variable 'RACK' for $_HOSTRACK$")
  expect(found[1]).toContain('(1 more like this)')
  expect(found[2]).toContain("7:9: 'no!' is no name of a service")
  expect(found[3]).toContain('8:43: what only a run knows cannot stand in a name')
})
