import {
  type Field,
  fieldAt,
  type Range,
  type StructureNode,
  structurePath,
} from '../../projection/inspect/index.ts';

/**
 * The bytes a reader points at, shared by fields, structure and hex of one document. What the pointer rests on shows for as
 * long as it rests there; what was chosen stays, whichever of the three is on display.
 */
export class ByteSelection {
  #chosen: Range | null = $state.raw(null);
  #pointed: Range | null = $state.raw(null);

  /** What to light up. */
  get shown(): Range | null {
    return this.#pointed ?? this.#chosen;
  }

  /** What was chosen, by click or keyboard; views scroll to it. */
  get chosen(): Range | null {
    return this.#chosen;
  }

  choose(range: Range | null): void {
    this.#chosen = range;
    this.#pointed = null;
  }

  point(range: Range | null): void {
    this.#pointed = range;
  }
}

/** The bytes of a field; null where it stands nowhere in particular. */
export function rangeOf({ start, end }: Field): Range | null {
  return start === null || end === null ? null : { start, end };
}

/** What a byte belongs to: the field that it is in, else the innermost part of the structure, else itself. */
export function rangeAround(
  offset: number,
  fields: readonly Field[],
  structure: readonly StructureNode[],
): Range {
  const field = fieldAt(fields, offset);
  const range = field && rangeOf(field);
  if (range) return range;
  const node = structurePath(structure, offset).at(-1);
  return node ? { start: node.start, end: node.end } : { start: offset, end: offset + 1 };
}

/** How a part stands to what is lit: it is it, lies inside, holds it, or has nothing to do with it. */
export type Relation = 'same' | 'inside' | 'around' | null;

export function relationOf(part: Range, lit: Range | null): Relation {
  if (lit === null || part.end <= lit.start || lit.end <= part.start) return null;
  if (part.start === lit.start && part.end === lit.end) return 'same';
  if (part.start >= lit.start && part.end <= lit.end) return 'inside';
  return part.start <= lit.start && part.end >= lit.end ? 'around' : null;
}
