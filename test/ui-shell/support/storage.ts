import { vi } from 'vitest';

/** A browser's storage that forgets with the test. */
export function stubStorage(limit = Infinity): Map<string, string> {
  const items = new Map<string, string>();
  const storage = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem(key: string, value: string) {
      if (value.length > limit) throw new Error('QuotaExceededError');
      items.set(key, value);
    },
  };
  vi.stubGlobal('localStorage', storage);
  vi.stubGlobal('sessionStorage', storage);
  return items;
}
