import { equalBytes, toHex } from '../../core/bytes/index.ts';
import type { ComparedRow, Field, InspectedDocument } from '../../projection/inspect/index.ts';

/** A text as it differs from another: what both begin with, what is its own, what both end with. */
export interface DifferingText {
  readonly before: string;
  readonly own: string;
  readonly after: string;
}

/** Cuts a text at the first and the last place where it differs from another. */
export function differingText(text: string, other: string): DifferingText {
  const most = Math.min(text.length, other.length);
  let start = 0;
  while (start < most && text[start] === other[start]) start += 1;
  let end = 0;
  while (end < most - start && text[text.length - 1 - end] === other[other.length - 1 - end]) end += 1;
  // A coincidence of a few letters says nothing: two serial numbers differ as a whole.
  if (start < leastShared) start = 0;
  if (end < leastShared) end = 0;
  return {
    before: text.slice(0, start),
    own: text.slice(start, text.length - end),
    after: text.slice(text.length - end),
  };
}

const leastShared = 4;

/**
 * Rows whose words are the same but whose bytes differ count as different: two public keys of one kind are two keys. Bytes that
 * belong to other fields as well, such as the dates a lifetime is computed from, are left to those.
 */
export function withBytes(
  rows: readonly ComparedRow[],
  a: InspectedDocument,
  b: InspectedDocument,
): ComparedRow[] {
  return rows.map((row) => {
    if (row.state !== 'equal' || !row.a || !row.b || holdsOthers(row.a, a) || holdsOthers(row.b, b))
      return row;
    const [left, right] = [bytesOf(row.a, a), bytesOf(row.b, b)];
    return left && right && !equalBytes(left, right) ? { ...row, state: 'different' } : row;
  });
}

const shownOctets = 6;

/** The last octets of a field in hex; where two keys or signatures of one kind are sure to differ. */
export function lastBytes(field: Field, document: InspectedDocument): string {
  return toHex(bytesOf(field, document)?.slice(-shownOctets) ?? new Uint8Array(), ':');
}

function bytesOf({ start, end }: Field, { bytes }: InspectedDocument): Uint8Array | null {
  return start === null || end === null ? null : bytes.subarray(start, end);
}

function holdsOthers(field: Field, { fields }: InspectedDocument): boolean {
  return fields.some(
    ({ start, end }) =>
      start !== null &&
      end !== null &&
      start >= (field.start ?? Infinity) &&
      end <= (field.end ?? -1) &&
      (start !== field.start || end !== field.end),
  );
}
