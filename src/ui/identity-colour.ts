/** How one identity looks everywhere: in one colour, and never by colour alone. Colours are CSS values for both themes. */
export interface IdentityColour {
  /** One or two letters or digits, unique within the mesh. */
  readonly glyph: string;
  /** Lines, rings and bars: at least 3:1 against the page's surfaces. */
  readonly line: string;
  /** Text in the identity's colour: at least 4.5:1 against the page's surfaces. */
  readonly text: string;
  /** A quiet surface behind text. */
  readonly soft: string;
}

/**
 * Hues of OKLCH with the chroma that sRGB can show at the lightness used. Ordered so that each is as far as can be from
 * all before it, as seen with normal, protanopic and deuteranopic eyes; none lies near the red that means refused.
 */
const hues: readonly { readonly hue: number; readonly light: number; readonly dark: number }[] = [
  { hue: 258, light: 0.14, dark: 0.12 },
  { hue: 45, light: 0.14, dark: 0.12 },
  { hue: 190, light: 0.1, dark: 0.12 },
  { hue: 325, light: 0.14, dark: 0.12 },
  { hue: 150, light: 0.14, dark: 0.12 },
  { hue: 355, light: 0.14, dark: 0.12 },
  { hue: 80, light: 0.12, dark: 0.12 },
  { hue: 225, light: 0.11, dark: 0.12 },
  { hue: 292, light: 0.14, dark: 0.12 },
  { hue: 115, light: 0.13, dark: 0.12 },
];

/** Hues that an identity may have of itself; the others serve when its own is taken. */
const ownHues = 5;

/** The control plane: no workload's colour. */
export const controlPlaneColour: IdentityColour = grey('CP');

/** A pod without an identity. */
export const noIdentityColour: IdentityColour = grey('–');

/**
 * Colours of the identities of one mesh. An identity keeps its colour for good: the same in every mesh where it comes
 * first, the next free one where another came before it.
 */
export class IdentityPalette {
  readonly #colours = new Map<string, IdentityColour>();
  readonly #glyphs = new Set<string>();
  readonly #taken: number[] = hues.map(() => 0);

  /** The colour of a SPIFFE ID, chosen when it is first asked for. */
  of(spiffeId: string | null): IdentityColour {
    if (spiffeId === null) return noIdentityColour;
    const known = this.#colours.get(spiffeId);
    if (known) return known;
    const colour = colourOf(this.#hueFor(spiffeId), this.#glyphFor(spiffeId));
    this.#colours.set(spiffeId, colour);
    return colour;
  }

  #hueFor(spiffeId: string): number {
    const own = hash(spiffeId) % ownHues;
    const least = Math.min(...this.#taken);
    const index = this.#taken[own] === least ? own : this.#taken.indexOf(least);
    this.#taken[index] = (this.#taken[index] ?? 0) + 1;
    return index;
  }

  #glyphFor(spiffeId: string): string {
    const free = glyphCandidates(spiffeId).find((candidate) => !this.#glyphs.has(candidate));
    const glyph = free ?? String(this.#glyphs.size + 1);
    this.#glyphs.add(glyph);
    return glyph;
  }
}

function colourOf(index: number, glyph: string): IdentityColour {
  const { hue, light, dark } = hues[index] ?? { hue: 258, light: 0, dark: 0 };
  return {
    glyph,
    line: `light-dark(oklch(0.6 ${light} ${hue}), oklch(0.76 ${dark} ${hue}))`,
    text: `light-dark(oklch(0.48 ${light * 0.8} ${hue}), oklch(0.84 ${dark * 0.7} ${hue}))`,
    soft: `light-dark(oklch(0.955 0.025 ${hue}), oklch(0.3 0.045 ${hue}))`,
  };
}

function grey(glyph: string): IdentityColour {
  return {
    glyph,
    line: 'light-dark(oklch(0.55 0.02 260), oklch(0.72 0.02 260))',
    text: 'light-dark(oklch(0.45 0.02 260), oklch(0.8 0.02 260))',
    soft: 'light-dark(oklch(0.955 0.006 260), oklch(0.3 0.01 260))',
  };
}

/** `O`, `Or`, `Od`, `Oe` … for an account `order`: the first letter alone, or with another that tells it apart. */
function glyphCandidates(spiffeId: string): readonly string[] {
  const letters = (spiffeId.split('/').at(-1) ?? '').replaceAll(/[^A-Za-z0-9]/g, '');
  const first = letters.slice(0, 1).toUpperCase() || '?';
  const others = [...letters.slice(1).toLowerCase(), ...'23456789'];
  return [first, ...others.map((letter) => first + letter)];
}

/** FNV-1a over UTF-16 units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
