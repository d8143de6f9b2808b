import type { Entry } from '../../src/trace/entry.ts';

/**
 * What two runs of one seed must have in common: everything but the sizes of messages, since a signature by ECDSA is a few
 * bytes longer or shorter each time, and the fingerprints of keys.
 */
export function shapeOf(entries: readonly Entry[]): string[] {
  return entries.map((entry) =>
    JSON.stringify(entry, (key, value: unknown) => (key === 'size' || key === 'checks' ? undefined : value)),
  );
}
