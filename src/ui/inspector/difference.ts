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
