import type { I18n } from '../i18n/i18n.svelte.ts';
import { LateTexts } from '../shared/late-texts.svelte.ts';
import type english from './texts.en.json';

export type TextKey = keyof typeof english & string;

const loaders = import.meta.glob<Readonly<Record<string, string>>>('./texts.*.json', { import: 'default' });

/** What the handshake view says, in the language of the page. */
export class HandshakeTexts extends LateTexts<TextKey> {
  constructor(i18n: I18n) {
    super(i18n, loaders);
  }
}
