import { expect, test } from 'vitest';
import { inGalleryOrder, summarize } from '../../src/scenario/catalogue.ts';
import { small } from './small.ts';

test('a gallery needs only the head of a lesson', () => {
  expect(summarize(small)).toEqual({
    id: 'small',
    track: 'identity',
    order: 1,
    title: { en: 'A small mesh', ko: '작은 메시' },
    summary: { en: 'Afterwards you can say who signs.', ko: '누가 서명하는지 말할 수 있습니다.' },
    level: 'beginner',
    minutes: 3,
    concepts: ['SVID', 'CSR'],
    prerequisites: [],
    steps: 4,
  });
});

test('something else is no lesson', () => {
  expect(() => summarize('a: 1')).toThrow(/not the head of a lesson/);
});

test('tracks come in their order, lessons in theirs', () => {
  const lessons = [
    { id: 'd', track: 'operate', order: 1 },
    { id: 'c', track: 'identity', order: 2 },
    { id: 'b', track: 'identity', order: 1 },
    { id: 'a', track: 'identity', order: 2 },
  ] as const;
  expect(inGalleryOrder(lessons).map(({ id }) => id)).toEqual(['b', 'a', 'c', 'd']);
});
