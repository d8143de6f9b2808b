import type { Reference } from '../reference.ts';

/** A piece of running text. There is no HTML in it and no way to make any. */
export type Inline =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'strong'; readonly children: readonly Inline[] }
  | { readonly type: 'emphasis'; readonly children: readonly Inline[] }
  /** Points at something on stage. */
  | { readonly type: 'reference'; readonly reference: Reference; readonly children: readonly Inline[] }
  /** Leads out of the lesson: https only, to a host of the allow-list. */
  | { readonly type: 'external'; readonly href: string; readonly children: readonly Inline[] };

export type Block =
  | { readonly type: 'paragraph'; readonly children: readonly Inline[] }
  | { readonly type: 'list'; readonly items: readonly (readonly Inline[])[] };
