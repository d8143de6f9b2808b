import type { Field } from './document.ts';

/** The field whose bytes hold `offset`, the narrowest where several do; null where none does. */
export function fieldAt(fields: readonly Field[], offset: number): Field | null {
  let narrowest: Field | null = null;
  let width = Infinity;
  for (const candidate of fields) {
    const { start, end } = candidate;
    if (start === null || end === null || offset < start || offset >= end || end - start >= width) continue;
    narrowest = candidate;
    width = end - start;
  }
  return narrowest;
}
