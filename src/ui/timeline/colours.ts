import type { IdentityPalette } from '../identity-colour.ts';
import type { Palette } from './draw-shapes.ts';

/**
 * Colours for a canvas: it knows neither custom properties nor `light-dark()`, so a probe element in the same theme
 * works each of them out once.
 */
export function canvasPalette(probe: HTMLElement, identities: IdentityPalette): Palette {
  const known = new Map<string, string>();
  const resolve = (value: string): string => {
    let colour = known.get(value);
    if (colour === undefined) {
      probe.style.color = value;
      colour = getComputedStyle(probe).color;
      known.set(value, colour);
    }
    return colour;
  };
  const byIdentity = new Map<string, { readonly line: string; readonly soft: string }>();
  return {
    text: resolve('var(--text)'),
    mute: resolve('var(--mute)'),
    line: resolve('var(--line)'),
    bad: resolve('var(--bad)'),
    warn: resolve('var(--warn)'),
    panel: resolve('var(--panel)'),
    controlPlane: resolve('var(--id-cp)'),
    of: (spiffeId) => {
      let colour = byIdentity.get(spiffeId);
      if (colour === undefined) {
        const { line, soft } = identities.of(spiffeId);
        colour = { line: resolve(line), soft: resolve(soft) };
        byIdentity.set(spiffeId, colour);
      }
      return colour;
    },
  };
}

/** Calls back whenever the theme changes: by the system's wish or by the reader's choice on the root element. */
export function onThemeChange(changed: () => void): () => void {
  const media = matchMedia('(prefers-color-scheme: dark)');
  media.addEventListener('change', changed);
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, {
    attributes: true,
    attributeFilter: ['data-theme', 'class', 'style'],
  });
  return () => {
    media.removeEventListener('change', changed);
    observer.disconnect();
  };
}
