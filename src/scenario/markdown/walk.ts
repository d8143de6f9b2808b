import type { Reference } from '../reference.ts';
import type { Block, Inline } from './ast.ts';

/** What a reader reads, without markers: paragraphs and items on lines of their own. */
export function plainText(blocks: readonly Block[]): string {
  const lines = blocks.flatMap((block) => (block.type === 'paragraph' ? [block.children] : block.items));
  return lines.map(inlineText).join('\n');
}

function inlineText(inlines: readonly Inline[]): string {
  return inlines.map((inline) => ('text' in inline ? inline.text : inlineText(inline.children))).join('');
}

/** Every reference to something on stage, in the order of the text. */
export function referencesOf(blocks: readonly Block[]): readonly Reference[] {
  return blocks.flatMap((block) =>
    block.type === 'paragraph'
      ? inlineReferences(block.children)
      : block.items.flatMap((item) => inlineReferences(item)),
  );
}

function inlineReferences(inlines: readonly Inline[]): readonly Reference[] {
  return inlines.flatMap((inline) => {
    if ('text' in inline) return [];
    const inner = inlineReferences(inline.children);
    return inline.type === 'reference' ? [inline.reference, ...inner] : inner;
  });
}
