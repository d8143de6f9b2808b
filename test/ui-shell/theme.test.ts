import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contrast, parseColour } from './support/colour.ts';

const css = readFileSync(new URL('../../src/ui/theme.css', import.meta.url), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([a-z-]+): (light-dark\((?:#|oklch).*\));/g)].map(([, name, value]) => [name, value]),
);

function token(name: string): string {
  const value = tokens.get(name);
  if (value === undefined) throw new Error(`theme.css has no colour --${name}`);
  return value;
}

const texts = ['text', 'mute', 'accent', 'ok', 'warn', 'bad', 'id-cp'].flatMap((text) =>
  ['bg', 'panel', 'raised'].map((surface) => [text, surface] as const),
);

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  it.each<readonly [string, string]>([
    ...texts,
    ['on-accent', 'accent'],
    ['text', 'accent-bg'],
    ['mute', 'accent-bg'],
    ['accent', 'accent-bg'],
    ['ok', 'ok-bg'],
    ['text', 'ok-bg'],
    ['warn', 'warn-bg'],
    ['text', 'warn-bg'],
    ['mute', 'warn-bg'],
    ['bad', 'bad-bg'],
    ['text', 'bad-bg'],
    ['mute', 'bad-bg'],
  ])('%s can be read on %s', (text, surface) => {
    const ratio = contrast(parseColour(token(text), theme), parseColour(token(surface), theme));
    expect(ratio).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['bg', 'panel'])('the edge of a control stands out from %s', (surface) => {
    const ratio = contrast(parseColour(token('edge'), theme), parseColour(token(surface), theme));
    expect(ratio).toBeGreaterThanOrEqual(3);
  });
});
