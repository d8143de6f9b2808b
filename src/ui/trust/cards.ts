import type { LeafGroup } from '../../projection/trust/view.ts';
import { textWidth } from '../stage/fit-text.ts';
import type { Line } from './card-words.ts';
import type { TreeItem } from './tree-items.ts';
import type { Size } from './tree-layout.ts';

/** A card of the tree with the words on it. */
export interface Card extends Size {
  readonly title: string;
  readonly lines: readonly Line[];
  /** Identities of living leaves, as many as there is room for, and how many there are besides. */
  readonly leaves: readonly LeafGroup[];
  readonly leavesHidden: number;
}

export const card = { padding: 12, title: 14, line: 12, lineHeight: 17, leaf: 34 } as const;
const widest = 236;
const narrowest = 132;
const leavesShown = 6;

/** A card as large as its words need, within limits; longer words are cut when they are drawn. */
export function cardOf(item: TreeItem, title: string, lines: readonly Line[]): Card {
  const groups = item.kind === 'leaves' ? item.authority.leaves : [];
  const leaves = groups.slice(0, leavesShown);
  const words = Math.max(
    textWidth(title, card.title, true),
    ...lines.map(({ text, tone }) => textWidth(text, card.line, tone !== 'plain')),
    leaves.length * card.leaf + (groups.length > leaves.length ? card.leaf : 0),
  );
  const leavesHeight = leaves.length > 0 ? 46 : 0;
  return {
    title,
    lines,
    leaves,
    leavesHidden: groups.length - leaves.length,
    width: Math.max(narrowest, Math.min(widest, Math.ceil(words) + 2 * card.padding)),
    height: 34 + lines.length * card.lineHeight + leavesHeight,
  };
}
