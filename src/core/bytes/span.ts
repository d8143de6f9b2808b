/**
 * A named part of some bytes: `start` inclusive, `end` exclusive, offsets into those bytes. Spans stand in the
 * order in which their parts begin, a part before the parts inside it; `depth` counts the parts around it.
 */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly label: string;
  /** The value in the field's own notation. */
  readonly detail?: string;
  /** What this part refers to, where a view can lead there. */
  readonly ref?: string;
  readonly depth: number;
}

/** Bytes that were written together with the spans that name their parts. */
export interface AnnotatedBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly spans: readonly Span[];
}

/** `spans` moved by `offset` bytes and `depth` levels, for bytes that became part of larger ones. */
export function shiftSpans(spans: readonly Span[], offset: number, depth = 0): Span[] {
  return spans.map((span) => ({
    ...span,
    start: span.start + offset,
    end: span.end + offset,
    depth: span.depth + depth,
  }));
}
