/** Colours as the page writes them, as linear sRGB: enough of CSS to compute contrast. */
export type Theme = 'light' | 'dark';
export type Linear = readonly [number, number, number];

/** Reads `#rgb`, `#rrggbb`, `oklch(L C H)` and `light-dark(…, …)` of these. */
export function parseColour(text: string, theme: Theme): Linear {
  const value = text.trim();
  if (value.startsWith('light-dark(')) {
    const [light = '', dark = ''] = splitAtComma(value.slice('light-dark('.length, -1));
    return parseColour(theme === 'light' ? light : dark, theme);
  }
  if (value.startsWith('#')) return fromHex(value.slice(1));
  const numbers = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(value)?.slice(1).map(Number);
  if (!numbers) throw new Error(`cannot read the colour "${value}"`);
  return fromOklch(numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0);
}

/** The contrast ratio of WCAG 2. */
export function contrast(a: Linear, b: Linear): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

function luminance([r, g, b]: Linear): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function fromHex(digits: string): Linear {
  const pairs = digits.length === 3 ? [...digits].map((d) => d + d) : digits.match(/../g);
  const [r = 0, g = 0, b = 0] = (pairs ?? []).map((pair) => linear(parseInt(pair, 16) / 255));
  return [r, g, b];
}

function linear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function fromOklch(lightness: number, chroma: number, hue: number): Linear {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clamp = (value: number) => Math.max(0, Math.min(1, value));
  return [
    clamp(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clamp(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clamp(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function splitAtComma(text: string): readonly string[] {
  let depth = 0;
  for (const [i, character] of [...text].entries()) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === ',' && depth === 0) return [text.slice(0, i), text.slice(i + 1)];
  }
  return [text];
}
