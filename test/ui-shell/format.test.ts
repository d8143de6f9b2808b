import { expect, it } from 'vitest';
import { formatClock, formatDuration } from '../../src/ui/i18n/format.ts';
import { preferredLanguage } from '../../src/ui/i18n/i18n.svelte.ts';

const epoch = Date.parse('2026-03-02T09:00:00Z');

it.each([
  [0, '0 ms', '0ms'],
  [5, '5 ms', '5ms'],
  [1_500, '1 sec 500 ms', '1초 500ms'],
  [59_900, '59 sec', '59초'],
  [60_000, '1 min', '1분'],
  [20_820_000, '5 hr 47 min', '5시간 47분'],
  [90_000_000, '1 day 1 hr', '1일 1시간'],
])('%i ms reads as %s and %s', (ms, english, korean) => {
  expect(formatDuration(ms, 'en')).toBe(english);
  expect(formatDuration(ms, 'ko')).toBe(korean);
});

it('a clock names the day only after the first', () => {
  expect(formatClock(epoch, 3_412, 'en')).toBe('09:00:03');
  expect(formatClock(epoch, 86_400_000, 'en')).toBe('Mar 3 09:00:00');
  expect(formatClock(epoch, 86_400_000, 'ko')).toBe('3월 3일 09:00:00');
});

it.each<[readonly (string | null)[], string]>([
  [['ko'], 'ko'],
  [[null, null, 'ko-KR', 'en'], 'ko'],
  [['fr', 'de-CH'], 'en'],
  [['fr', 'ko'], 'ko'],
  [[], 'en'],
])('of the wishes %j the page takes %s', (wishes, language) => {
  expect(preferredLanguage(...wishes)).toBe(language);
});
