/**
 * PostgreSQL's binary formats, as far as the store writes them: COPY rows and one-dimensional arrays. Against text this saves
 * escaping here and parsing there; figures in docs/spec/store.md. Sources: PostgreSQL manual, "COPY", file formats; array_recv,
 * float8recv in its code.
 */

const COPY_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
export const TEXT = 25
const INT4 = 23
const FLOAT8 = 701
const START_BYTES = 256 * 1024

/**
 * Length-prefixed fields, which both COPY rows and array elements are made of. One writer is reused from batch to batch:
 * `beginCopy`, per row `row` and its fields, now and then a `chunk`, `endCopy`; or `beginArray`, its elements, `chunk`.
 */
export class FieldWriter {
  #bytes: Buffer = Buffer.allocUnsafe(START_BYTES)
  #length = 0
  #taken = 0

  beginCopy(): void {
    this.#taken = 0
    this.#length = COPY_HEADER.copy(this.#bytes, 0)
  }

  endCopy(): Buffer {
    this.#reserve(2)
    this.#length = this.#bytes.writeInt16BE(-1, this.#length)
    return this.chunk()
  }

  /** A parameter of an array type; `length` elements follow, none of them null. */
  beginArray(element: number, length: number): void {
    this.#taken = 0
    this.#length = writeArrayHeader(this.#bytes, 0, { element, length })
  }

  /** All since `begin...` or the last chunk. A view, not a copy: the server must have answered before the next `begin...`. */
  chunk(): Buffer {
    const bytes = this.#bytes.subarray(this.#taken, this.#length)
    this.#taken = this.#length
    return bytes
  }

  row(columns: number): void {
    this.#reserve(2)
    this.#length = this.#bytes.writeInt16BE(columns, this.#length)
  }

  none(): void {
    this.#reserve(4)
    this.#length = this.#bytes.writeInt32BE(-1, this.#length)
  }

  int2(value: number): void {
    this.#reserve(6)
    this.#bytes.writeInt32BE(2, this.#length)
    this.#length = this.#bytes.writeInt16BE(value, this.#length + 4)
  }

  int4(value: number): void {
    this.#reserve(8)
    this.#bytes.writeInt32BE(4, this.#length)
    this.#length = this.#bytes.writeInt32BE(value, this.#length + 4)
  }

  /** Whole numbers within 2^53. */
  int8(value: number): void {
    this.#reserve(12)
    this.#bytes.writeInt32BE(8, this.#length)
    this.#length = writeInt8(this.#bytes, value, this.#length + 4)
  }

  text(value: string): void {
    this.#reserve(4 + value.length * 3)
    const written = this.#bytes.write(value, this.#length + 4)
    this.#bytes.writeInt32BE(written, this.#length)
    this.#length += 4 + written
  }

  /** `null` stays a null element. */
  float8Array(length: number, valueOf: (index: number) => number | null): void {
    this.#reserve(24 + length * 12)
    const start = this.#length
    let at = writeArrayHeader(this.#bytes, start + 4, { element: FLOAT8, length })
    let hasNull = 0
    for (let index = 0; index < length; index++) {
      const value = valueOf(index)
      if (value === null) {
        hasNull = 1
        at = this.#bytes.writeInt32BE(-1, at)
      } else {
        at = this.#bytes.writeInt32BE(8, at)
        at = this.#bytes.writeDoubleBE(value, at)
      }
    }
    this.#bytes.writeInt32BE(at - start - 4, start)
    this.#bytes.writeInt32BE(hasNull, start + 8)
    this.#length = at
  }

  int4Array(values: readonly number[]): void {
    this.#reserve(24 + values.length * 8)
    const start = this.#length
    let at = writeArrayHeader(this.#bytes, start + 4, { element: INT4, length: values.length })
    for (const value of values) {
      at = this.#bytes.writeInt32BE(4, at)
      at = this.#bytes.writeInt32BE(value, at)
    }
    this.#bytes.writeInt32BE(at - start - 4, start)
    this.#length = at
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}

function writeInt8(bytes: Buffer, value: number, at: number): number {
  bytes.writeInt32BE(Math.floor(value / 0x1_0000_0000), at)
  return bytes.writeUInt32BE(value >>> 0, at + 4)
}

interface ArrayShape {
  readonly element: number
  readonly length: number
}

/** One dimension from index 1; an empty array has none. @returns where the elements begin */
function writeArrayHeader(bytes: Buffer, start: number, { element, length }: ArrayShape): number {
  let at = bytes.writeInt32BE(length === 0 ? 0 : 1, start)
  at = bytes.writeInt32BE(0, at)
  at = bytes.writeInt32BE(element, at)
  if (length === 0) return at
  at = bytes.writeInt32BE(length, at)
  return bytes.writeInt32BE(1, at)
}
