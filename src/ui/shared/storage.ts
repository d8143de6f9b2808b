/** What the page remembers between visits. Storage may be full, forbidden or written by another version. */
export interface Kept<T> {
  read(): T;
  write(value: T): void;
}

/**
 * A value kept under a name.
 *
 * @param parse makes a valid value of whatever is stored; `null` when nothing is
 */
export function kept<T>(
  name: string,
  parse: (stored: unknown) => T,
  store: () => Storage = () => localStorage,
): Kept<T> {
  const key = `svidlab:${name}`;
  return {
    read() {
      try {
        return parse(JSON.parse(store().getItem(key) ?? 'null'));
      } catch {
        return parse(null);
      }
    },
    write(value) {
      try {
        store().setItem(key, JSON.stringify(value));
      } catch {
        // Private windows and embeds refuse; the page works without a memory.
      }
    },
  };
}

/** A plain object, or an empty one for anything else. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
