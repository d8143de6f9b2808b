import type { Entry } from '../../src/trace/entry.ts';

/** What keys, nonces and signatures make differ between two runs of one seed: values, sizes, and where records end. */
const drawn = new Set([
  'size',
  'start',
  'end',
  'value',
  'context',
  'key',
  'iv',
  'expected',
  'received',
  'transcriptHash',
  'clientRandom',
]);

/** Whether a field of an entry differs between runs of one seed. */
export function isDrawn(key: string): boolean {
  return drawn.has(key);
}

/** What two runs of one seed must have in common: everything but what is drawn, and the fingerprints of keys. */
export function shapeOf(entries: readonly Entry[]): string[] {
  return entries.map((entry) =>
    JSON.stringify(entry, (key, value: unknown) =>
      isDrawn(key) || key === 'checks' ? undefined : value,
    ).replace(/of \d+ octets/, 'of octets'),
  );
}
