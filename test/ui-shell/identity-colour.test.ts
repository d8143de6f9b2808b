import { describe, expect, it } from 'vitest';
import { IdentityPalette, noIdentityColour, type IdentityColour } from '../../src/ui/identity-colour.ts';
import { contrast, parseColour, type Theme } from './support/colour.ts';

const surfaces: Readonly<Record<Theme, readonly string[]>> = {
  light: ['#ffffff', '#f7f7f5'],
  dark: ['#1b1b1e', '#131315'],
};
const themes = ['light', 'dark'] as const;
const account = (name: string) => `spiffe://cluster.local/ns/shop/sa/${name}`;
const many = Array.from({ length: 10 }, (_, i) => account(`service-${i}`));

function coloursOf(ids: readonly string[]): readonly IdentityColour[] {
  const palette = new IdentityPalette();
  return ids.map((id) => palette.of(id));
}

describe('the colour of an identity', () => {
  it('is the same in every mesh where it comes first', () => {
    expect(coloursOf([account('order')])).toEqual(coloursOf([account('order')]));
  });

  it('stays with it, whoever comes later', () => {
    const palette = new IdentityPalette();
    const before = palette.of(account('order'));
    for (const id of many) palette.of(id);
    expect(palette.of(account('order'))).toBe(before);
  });

  it("is no other identity's, for the first ten of a mesh", () => {
    expect(new Set(coloursOf(many).map(({ line }) => line)).size).toBe(10);
  });

  it('comes with a glyph that no other identity of the mesh has', () => {
    const ids = Array.from({ length: 60 }, (_, i) => account(i % 2 === 0 ? `order-${i}` : `orders-${i}`));
    expect(new Set(coloursOf(ids).map(({ glyph }) => glyph)).size).toBe(60);
    expect(
      coloursOf([account('order'), account('payment'), account('orange')]).map(({ glyph }) => glyph),
    ).toEqual(['O', 'P', 'Or']);
  });

  it('is grey for a pod that has none', () => {
    expect(new IdentityPalette().of(null)).toBe(noIdentityColour);
  });

  it.each(themes)('has equal lightness and enough contrast: %s', (theme) => {
    for (const { line, text } of [...coloursOf(many), noIdentityColour]) {
      for (const surface of surfaces[theme]) {
        expect(contrast(parseColour(line, theme), parseColour(surface, theme))).toBeGreaterThanOrEqual(3);
        expect(contrast(parseColour(text, theme), parseColour(surface, theme))).toBeGreaterThanOrEqual(4.5);
      }
    }
    const lightness = coloursOf(many).map(
      ({ line }) => line.match(/oklch\(([\d.]+)/g)?.[theme === 'light' ? 0 : 1],
    );
    expect(new Set(lightness).size).toBe(1);
  });

  it.each(themes)('can be read on its own soft surface: %s', (theme) => {
    for (const { text, soft } of coloursOf(many)) {
      expect(contrast(parseColour(text, theme), parseColour(soft, theme))).toBeGreaterThanOrEqual(4.5);
    }
  });
});
