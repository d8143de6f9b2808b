import type { Range } from '../../projection/inspect/index.ts';

/** A stretch of one row that looks the same. */
export interface HexRun {
  readonly hex: string;
  readonly text: string;
  readonly lit: boolean;
  readonly marked: boolean;
  /** The byte under the keyboard's cursor. */
  readonly current: boolean;
}

export interface HexRow {
  readonly offset: number;
  readonly runs: readonly HexRun[];
}

/** What is special about some bytes. */
export interface HexMarks {
  readonly lit: Range | null;
  /** In order and apart from each other. */
  readonly marked: readonly Range[];
  readonly current: number | null;
}

/** One row of a hex dump: `perRow` bytes from `offset` on, cut where their looks change. */
export function hexRow(bytes: Uint8Array, offset: number, perRow: number, marks: HexMarks): HexRow {
  const runs: HexRun[] = [];
  const end = Math.min(bytes.length, offset + perRow);
  let start = offset;
  for (let at = offset + 1; at <= end; at += 1) {
    if (at < end && sameLook(at - 1, at, marks)) continue;
    runs.push(run(bytes.subarray(start, at), start, marks));
    start = at;
  }
  return { offset, runs };
}

function run(part: Uint8Array, offset: number, marks: HexMarks): HexRun {
  return {
    hex: Array.from(part, (octet) => octet.toString(16).padStart(2, '0')).join(' '),
    text: Array.from(part, printable).join(''),
    lit: isLit(offset, marks),
    marked: isMarked(offset, marks),
    current: offset === marks.current,
  };
}

function sameLook(a: number, b: number, marks: HexMarks): boolean {
  if (a === marks.current || b === marks.current) return false;
  return isLit(a, marks) === isLit(b, marks) && isMarked(a, marks) === isMarked(b, marks);
}

function isLit(offset: number, { lit }: HexMarks): boolean {
  return lit !== null && lit.start <= offset && offset < lit.end;
}

function isMarked(offset: number, { marked }: HexMarks): boolean {
  let [low, high] = [0, marked.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marked[middle]?.end ?? Infinity) <= offset) low = middle + 1;
    else high = middle;
  }
  const range = marked[low];
  return range !== undefined && range.start <= offset;
}

/** A printable ASCII character as itself, everything else as a dot. */
function printable(octet: number): string {
  return octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '·';
}

/** `0x01a4`: as many digits as the last offset of the document needs, four at least. */
export function offsetText(offset: number, length: number): string {
  const digits = Math.max(4, (length - 1).toString(16).length);
  return offset.toString(16).padStart(digits, '0');
}
