/** Drawn signs, each in a box of 12 × 12 around the origin; stroked, not filled, unless said otherwise. */
export const glyphs = {
  /** A closed padlock: the connection is mutually authenticated and encrypted. */
  lock: 'M-3 -0.5V-2.4A3 3 0 0 1 3 -2.4V-0.5M-4.4 -0.5H4.4V5.2H-4.4Z',
  /** An open padlock: the connection is plain text. */
  unlocked: 'M-3 -0.5V-2.8A3 3 0 0 1 2.9 -3.4M-4.4 -0.5H4.4V5.2H-4.4Z',
  key: 'M-5 0A2.5 2.5 0 1 0 0 0A2.5 2.5 0 1 0 -5 0M0 0H5.2M5.2 0V2.4M3 0V1.8',
  token:
    'M-5 -3.2H5V-1.2A1.3 1.3 0 0 0 5 1.2V3.2H-5V1.2A1.3 1.3 0 0 0 -5 -1.2ZM1.4 -3.2V-1.7M1.4 -0.6V0.6M1.4 1.7V3.2',
  csr: 'M-3.8 -5H1.4L3.8 -2.6V5H-3.8ZM-1.6 -0.9A1.6 1.5 0 1 1 0.4 0.5Q0 0.7 0 1.5M0 3V3.1',
  certificate:
    'M-3.8 -5H3.8V5H-3.8ZM-1.9 -2.6H1.9M-1.9 -0.6H0.6M0.2 2.6A1.4 1.4 0 1 0 3 2.6A1.4 1.4 0 1 0 0.2 2.6',
  shield: 'M0 -5.2L4.4 -3.6V0C4.4 2.8 2.4 4.6 0 5.4C-2.4 4.6 -4.4 2.8 -4.4 0V-3.6Z',
  check: 'M-3.4 0.2L-1 2.8L3.6 -2.8',
  cross: 'M-3.2 -3.2L3.2 3.2M3.2 -3.2L-3.2 3.2',
} as const;

export type GlyphName = keyof typeof glyphs;
