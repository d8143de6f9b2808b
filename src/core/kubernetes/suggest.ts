/**
 * The candidate closest to what was written, if it is close enough to be a slip of the finger.
 *
 * @param written - what the user wrote
 * @param candidates - the names that exist
 * @returns a candidate at most a third of its letters away, or null
 */
export function suggest(written: string, candidates: Iterable<string>): string | null {
  if (written.length > MAX_LENGTH) return null;
  let best: string | null = null;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const distance = editDistance(written.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best !== null && bestDistance <= Math.max(1, Math.floor(best.length / 3)) ? best : null;
}

/** `did you mean "…"?`, or undefined where nothing is close. */
export function didYouMean(written: string, candidates: Iterable<string>): string | undefined {
  const close = suggest(written, candidates);
  return close === null ? undefined : `did you mean "${close}"?`;
}

const MAX_LENGTH = 64;

/** Optimal string alignment: insertions, deletions, replacements and swapped neighbours count one each. */
function editDistance(a: string, b: string): number {
  let previous: number[] = [];
  let current = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const beforePrevious = previous;
    previous = current;
    current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(at(previous, j) + 1, at(current, j - 1) + 1, at(previous, j - 1) + same);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) least = Math.min(least, at(beforePrevious, j - 2) + 1);
      current.push(least);
    }
  }
  return at(current, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
