/** What is wrong with an input, before its place is known. */
export interface Problem {
  /** Stable key of the rule that was broken, for example `unknown-key`. */
  readonly rule: string;
  readonly message: string;
  readonly hint?: string;
}

const separator = '\u0000';

/** A schema reports its issues as text only; this carries rule and hint through that text. */
export function encodeProblem({ rule, message, hint }: Problem): string {
  return [rule, message, hint ?? ''].join(separator);
}

/** The problem an issue's text carries; null where the text did not come from {@link encodeProblem}. */
export function decodeProblem(text: string): Problem | null {
  const [rule, message, hint] = text.split(separator);
  if (rule === undefined || message === undefined) return null;
  return hint ? { rule, message, hint } : { rule, message };
}

/** `did you mean "reviews"?` for the candidate closest to a mistyped value; undefined where none is close. */
export function didYouMean(value: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(value.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(value.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best === undefined ? undefined : `did you mean "${best}"?`;
}

/** Edits (insert, delete, replace, swap of neighbours) between two words, cut off at a limit. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit || a.length > 80 || b.length > 80) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, at(beforeLast, j - 2) + 1);
      row.push(cost);
    }
    [beforeLast, last] = [last, row];
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
