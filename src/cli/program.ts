import tab from '@bomb.sh/tab/commander'
import { Command } from 'commander'
import { VERSION } from '../settings/program.ts'
import { withExamples } from './command.ts'
import { addActions } from './commands/actions.ts'
import { addApply } from './commands/apply.ts'
import { addBackup, addRestore } from './commands/backup.ts'
import { addCluster } from './commands/cluster.ts'
import { addCollector } from './commands/collector.ts'
import { addDescribe } from './commands/describe.ts'
import { addDoctor } from './commands/doctor.ts'
import { addDrill } from './commands/drill.ts'
import { addEvents } from './commands/events.ts'
import { addExplain } from './commands/explain.ts'
import { addExport } from './commands/export.ts'
import { addGet } from './commands/get.ts'
import { addDiff, addHistory } from './commands/history.ts'
import { addHub } from './commands/hub.ts'
import { addImport } from './commands/import.ts'
import { addNatsConfig } from './commands/nats-config.ts'
import { addObject } from './commands/object.ts'
import { addPlan } from './commands/plan.ts'
import { addReplay } from './commands/replay.ts'
import { addRollback } from './commands/rollback.ts'
import { addSimulate } from './commands/simulate.ts'
import { addStatus } from './commands/status.ts'
import { addTest } from './commands/test.ts'
import { addTop } from './commands/top.ts'
import { addUp } from './commands/up.ts'
import { addValidate } from './commands/validate.ts'
import { addVersion } from './commands/version.ts'

/** The whole command line. Parsing throws `CommanderError` instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('parallax')
    .description('Distributed monitoring: many observers, one verdict, explained.')
    .version(VERSION, '-V, --version', 'print the version')
    .showHelpAfterError('(add --help for examples)')
    .showSuggestionAfterError()
    .exitOverride()
  withExamples(program, [
    ['parallax up', 'monitor this machine, console on http://127.0.0.1:8470/'],
    ['parallax up --config parallax.yaml', 'monitor what the file says'],
    ['parallax get problems', 'what is wrong now'],
  ])
  addUp(program)
  addHub(program)
  addCollector(program)
  addCluster(program)
  addNatsConfig(program)
  addValidate(program)
  addPlan(program)
  addApply(program)
  addHistory(program)
  addDiff(program)
  addRollback(program)
  addExport(program)
  addImport(program)
  addObject(program)
  addGet(program)
  addDescribe(program)
  addExplain(program)
  addActions(program)
  addEvents(program)
  addTest(program)
  addStatus(program)
  addTop(program)
  addBackup(program)
  addRestore(program)
  addDrill(program)
  addSimulate(program)
  addReplay(program)
  addDoctor(program)
  addVersion(program)
  // `parallax completion bash|zsh|fish|powershell`
  tab(program, { completionCommandName: 'completion' })
  for (const command of program.commands) command.exitOverride()
  return program
}
