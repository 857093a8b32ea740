/** Figures go to stdout as `RESULT topic.name=value unit`, progress to stderr. */
export interface Report {
  progress(text: string): void
  result(name: string, value: number, unit: string): void
}

export function createReport(topic: string): Report {
  const began = performance.now()
  return {
    progress: (text) =>
      void process.stderr.write(
        `[${topic} ${((performance.now() - began) / 1000).toFixed(0).padStart(3)} s] ${text}\n`,
      ),
    result: (name, value, unit) =>
      void process.stdout.write(`RESULT ${topic}.${name}=${significant(value)} ${unit}\n`),
  }
}

function significant(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : 'none'
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms))
