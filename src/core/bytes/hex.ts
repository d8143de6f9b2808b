import { type Bytes, utf8Decode } from './bytes.ts';

const HEX: readonly string[] = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'));
const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** Lower-case hex; `separator` between octets where given (`:` as OpenSSL prints). */
export function toHex(bytes: Uint8Array, separator = ''): string {
  if (separator !== '') return Array.from(bytes, (octet) => HEX[octet]!).join(separator);
  // Added up octet by octet, a text stays a tree of strings that is many times as large.
  const codes = new Uint8Array(2 * bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    codes[2 * i] = DIGITS[bytes[i]! >> 4]!;
    codes[2 * i + 1] = DIGITS[bytes[i]! & 15]!;
  }
  return utf8Decode(codes);
}

/**
 * Hex to bytes; either case, white space and colons between octets allowed.
 *
 * @throws RangeError for an odd count of digits or anything that is no hex digit
 */
export function fromHex(text: string): Bytes {
  const compact = text.replace(/[\s:]+/g, '');
  if (compact.length % 2 !== 0) throw new RangeError(`hex: odd count of digits (${compact.length})`);
  const wrong = /[^0-9a-fA-F]/.exec(compact);
  if (wrong) throw new RangeError(`hex: "${wrong[0]}" is no hex digit`);
  const bytes = new Uint8Array(compact.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(compact.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** One row of a hex dump: `offset` of its first byte and the printable form of its bytes. */
export interface HexRow {
  readonly offset: number;
  /** Two digits for each byte. */
  readonly hex: readonly string[];
  /** One character for each byte; `.` where it is not printable ASCII. */
  readonly ascii: string;
}

/** Rows of `width` bytes (default 16) for a hex view of `bytes` from `start` to `end`. */
export function hexRows(bytes: Uint8Array, width = 16, start = 0, end = bytes.length): HexRow[] {
  const rows: HexRow[] = [];
  for (let offset = start; offset < end; offset += width) {
    const row = bytes.subarray(offset, Math.min(offset + width, end));
    rows.push({ offset, hex: Array.from(row, (octet) => HEX[octet]!), ascii: printable(row) });
  }
  return rows;
}

/** A hex dump as `xxd -g1` and `hexdump -C` lay it out: offset, 16 octets, ASCII; lines end in `\n`. */
export function hexDump(bytes: Uint8Array): string {
  return hexRows(bytes)
    .map((row) => {
      const offset = row.offset.toString(16).padStart(8, '0');
      return `${offset}  ${row.hex.join(' ').padEnd(47)}  ${row.ascii}\n`;
    })
    .join('');
}

function printable(row: Uint8Array): string {
  let text = '';
  for (const octet of row) text += octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '.';
  return text;
}
