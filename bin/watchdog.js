'use strict'
// Runs a program that works until it is stopped, and starts it again when it crashes, falls silent or says that a part of it is
// stuck. Rules WD1.. of docs/spec/watchdog.md. It holds nothing and loads nothing, so that it outlives what it watches; like
// bin/parallax it is written in the JavaScript of old Nodes.
var fs = require('fs')
var spawn = require('child_process').spawn

var PAUSE_MIN_MS = 1000
var PAUSE_MAX_MS = 60000
/** A program that ran for so long has settled: the next pause is short again. */
var SETTLED_MS = 60000
/** So many crashes in a row are worth another word. */
var CRASHES_LOUD = 5
/** Until it is up: it loads its modules and all that is configured. */
var START_SILENCE_MS = 60000
/** A program that was told to end ends within 10 s; after this it is ended. */
var STOP_MAX_MS = 30000
var TICK_MS = 1000
/** A watchdog that was held up itself accuses nobody. */
var OWN_LAG_MS = 3000

var SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2']

/** One process watches one program: what it knows of it stands here. */
var watched // file, words, silenceMs
var tell
var childEnv
var child
var hasRun = false // it was up once: what ends it from now on is no refusal to start
var crashCount = 0
var phase
var heardAt
var runningAt
var endedFor // why we ended it
var stopping // the signal that told us to
var stopAt
var waiting // for the pause to pass
var tickedAt = now()

function start() {
  waiting = undefined
  phase = 'loading'
  heardAt = now()
  runningAt = undefined
  endedFor = undefined
  child = spawn(watched.file, watched.words, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: childEnv,
  })
  child.on('message', hear)
  child.on('exit', exited)
  child.on('error', function (error) {
    say('error', 'the program cannot be started', { reason: error.message })
    process.exit(1)
  })
}

function hear(pulse) {
  if (!pulse || pulse.kind !== 'pulse') return
  heardAt = now()
  phase = pulse.phase
  if (phase === 'running' && runningAt === undefined) {
    runningAt = heardAt
    if (!hasRun) tell(['--ready', '--status=running'])
    else tell(['--status=running'])
    hasRun = true
  }
  if (pulse.stuck && endedFor === undefined && stopping === undefined)
    end('a part of the program makes no progress, it is started again', { part: pulse.stuck })
}

function tick() {
  var at = now()
  var lagMs = at - tickedAt - TICK_MS
  tickedAt = at
  if (lagMs > OWN_LAG_MS) heardAt += lagMs
  if (child === undefined) return
  if (stopping !== undefined) {
    if (at - stopAt >= STOP_MAX_MS && endedFor === undefined)
      end('the program did not end when it was told to, it is killed', {})
    return
  }
  var limitMs = watched.silenceMs
  if (phase !== 'running') limitMs = Math.max(START_SILENCE_MS, limitMs)
  if (at - heardAt >= limitMs && endedFor === undefined)
    end('the program is silent, it is killed and started again', {
      silentMs: Math.round(at - heardAt),
    })
}

function end(message, fields) {
  endedFor = message
  say('error', message, Object.assign(fields, { pid: child.pid }, conditionOf(child.pid)))
  child.kill('SIGKILL')
}

function exited(code, signal) {
  child = undefined
  if (stopping !== undefined) return finish(endedFor === undefined ? code : 1, signal)
  if (code === 0) return finish(0)
  // It said why it does not start; that is for a person to mend.
  if (!hasRun && signal === null) return finish(code)
  crashCount = runningAt !== undefined && now() - runningAt >= SETTLED_MS ? 1 : crashCount + 1
  var pauseMs = pauseAfter(crashCount)
  var message =
    crashCount >= CRASHES_LOUD
      ? 'the program does not stay up, it is tried again and again'
      : 'the program ended, it is started again'
  say('error', message, {
    status: code === null ? signal : code,
    crashes: crashCount,
    pauseMs: pauseMs,
  })
  tell(['--status=' + message])
  waiting = setTimeout(start, pauseMs)
}

function finish(code, signal) {
  SIGNALS.forEach(function (name) {
    process.removeAllListeners(name)
  })
  if (signal && endedFor === undefined) process.kill(process.pid, signal)
  else process.exit(code === null ? 1 : code)
}

/**
 * Never returns: the process ends with the status of the program.
 * @param {string} file the program
 * @param {string[]} words its arguments
 * @param {{ silenceMs: number, env: Object<string, string | undefined> }} options
 */
function watch(file, words, options) {
  watched = { file: file, words: words, silenceMs: options.silenceMs }
  tell = notifier(options.env)
  childEnv = Object.assign({}, options.env)
  // These are between systemd and this process.
  delete childEnv.NOTIFY_SOCKET
  delete childEnv.WATCHDOG_USEC
  delete childEnv.WATCHDOG_PID

  SIGNALS.forEach(function (signal) {
    process.on(signal, function () {
      var isEnd = signal === 'SIGTERM' || signal === 'SIGINT'
      if (isEnd && stopping === undefined) {
        stopping = signal
        stopAt = now()
        tell(['STOPPING=1'])
      }
      if (child !== undefined) child.kill(signal)
      else if (isEnd) {
        clearTimeout(waiting)
        finish(0)
      }
    })
  })
  setInterval(tick, TICK_MS)
  tickedAt = now()
  tellSystemd(options.env, tell)
  start()
}

/** 1 s after the first crash in a row, doubled with each, 60 s at most. */
function pauseAfter(crashes) {
  return Math.min(PAUSE_MIN_MS * Math.pow(2, Math.min(crashes - 1, 10)), PAUSE_MAX_MS)
}

/** Milliseconds of a clock that does not step. */
function now() {
  var time = process.hrtime()
  return time[0] * 1000 + time[1] / 1e6
}

/** What Linux knows of a process that does not answer: enough to tell a loop from a disk that hangs and from a stopped process. */
function conditionOf(pid) {
  var CONDITIONS = {
    R: 'computes',
    S: 'waits',
    D: 'waits for a disk',
    T: 'stopped by a signal',
    t: 'stopped by a debugger',
    Z: 'ended',
  }
  try {
    var stat = fs.readFileSync('/proc/' + pid + '/stat', 'utf8')
    var fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    var status = fs.readFileSync('/proc/' + pid + '/status', 'utf8')
    var memory = /VmRSS:\s+(\d+) kB/.exec(status)
    return {
      condition: CONDITIONS[fields[0]] || fields[0],
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100,
      memoryBytes: memory ? Number(memory[1]) * 1024 : undefined,
    }
  } catch {
    return {} // no Linux, or it ended meanwhile
  }
}

/** As the program's own log: JSON lines, or text on a terminal. */
function say(level, message, fields) {
  var time = new Date().toISOString()
  var line = Object.assign({ level: level, time: time, part: 'watchdog' }, fields, { msg: message })
  if (!process.stderr.isTTY) return void process.stderr.write(JSON.stringify(line) + '\n')
  var pairs = Object.keys(fields).map(function (key) {
    return '  ' + key + '=' + fields[key]
  })
  process.stderr.write(time + ' ' + level + ' ' + message + pairs.join('') + '\n')
}

/** Node cannot write to the socket of systemd; its own small program can. Does nothing where nobody listens. */
function notifier(env) {
  if (!env.NOTIFY_SOCKET) return function () {}
  var isMissing = false
  return function (words) {
    if (isMissing) return
    var program = spawn('systemd-notify', words, { stdio: 'ignore', env: env })
    program.on('error', function (error) {
      isMissing = true
      say('warn', 'systemd cannot be told: systemd-notify does not run', { reason: error.message })
    })
    program.unref()
  }
}

/** Twice as often as systemd demands. */
function tellSystemd(env, notify) {
  var everyMs = Number(env.WATCHDOG_USEC || 0) / 2000
  if (everyMs > 0)
    setInterval(function () {
      notify(['WATCHDOG=1'])
    }, everyMs)
}

/** Commands that run until they are stopped. */
var PROGRAMS = ['up', 'hub', 'collector']
var SILENCE_DEFAULT_MS = 15000

/**
 * How to watch over this command; `undefined`: not at all. A value that cannot be used is refused by the program itself.
 * @param {string[]} words the command line after the name of the program
 * @param {Object<string, string | undefined>} env
 */
function watchOf(words, env) {
  if (PROGRAMS.indexOf(words[0]) < 0) return undefined
  // `collector join` and its like do their work and end.
  if (words.length > 1 && words[1].charAt(0) !== '-') return undefined
  var value = env.PARALLAX_WATCHDOG
  for (var at = 1; at < words.length; at++) {
    var word = words[at]
    if (word === '-h' || word === '--help' || word === '--no-watchdog') return undefined
    if (word === '--watchdog') value = words[at + 1]
    if (word.indexOf('--watchdog=') === 0) value = word.slice('--watchdog='.length)
  }
  if (value === 'no') return undefined
  var seconds = Number(value)
  return { silenceMs: seconds >= 5 && seconds <= 600 ? seconds * 1000 : SILENCE_DEFAULT_MS }
}

module.exports = { watch: watch, watchOf: watchOf, pauseAfter: pauseAfter }
