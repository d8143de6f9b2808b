import { expect, it } from 'vitest';
import { tokenRefreshDueMs } from '../../../src/core/kubernetes/index.ts';

const hours = (n: number) => n * 3_600_000;

it.each([
  ['a 12 h token at 9 h 36 min', 43_200, 0, hours(9.6)],
  ['nine seconds earlier with the largest jitter', 43_200, 9, hours(9.6) - 9_000],
  ['the API server’s own at about 48 min', 3_607, 0, 2_885_600],
  ['a month-long one after a day', 30 * 86_400, 0, hours(24)],
])('%s', (_case, ttlSeconds, jitterSeconds, expected) => {
  expect(tokenRefreshDueMs({ issuedAtMs: 0, ttlSeconds, jitterSeconds })).toBe(expected);
  expect(tokenRefreshDueMs({ issuedAtMs: hours(7), ttlSeconds, jitterSeconds })).toBe(expected + hours(7));
});
