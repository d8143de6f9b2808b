import { describe, expect, it } from 'vitest';
import { formatRoute, parseRoute, type Route } from '../../src/ui/routing/route.ts';

const gallery: Route = { page: { name: 'gallery' }, language: null, embed: false };
const step: Route = {
  page: { name: 'lesson', lesson: 'rotation', step: 'half-life' },
  language: 'ko',
  embed: true,
};

describe('an address', () => {
  it.each<[string, string, Route]>([
    ['', '', gallery],
    ['', '#/', gallery],
    ['', '#/mesh', { ...gallery, page: { name: 'mesh' } }],
    ['', '#/verify', { ...gallery, page: { name: 'verify' } }],
    ['', '#/lesson/rotation', { ...gallery, page: { name: 'lesson', lesson: 'rotation', step: null } }],
    ['', '#/lesson/rotation/half-life?lang=ko&embed', step],
    ['?embed&lang=ko', '#/lesson/rotation/half-life', step],
    ['', '#/nowhere', { ...gallery, page: { name: 'lesson', lesson: 'nowhere', step: null } }],
    [
      '',
      '#rotation/half-life',
      { ...gallery, page: { name: 'lesson', lesson: 'rotation', step: 'half-life' } },
    ],
    ['?embed=0', '#/', gallery],
    ['?lang=en', '#/?lang=ko', { ...gallery, language: 'ko' }],
  ])('%s%s', (search, hash, route) => {
    expect(parseRoute(search, hash)).toEqual(route);
  });

  it.each(['#/lesson', '#/lesson/%00', '#/lesson/%E0%A4%A', `#/lesson/${'a'.repeat(81)}`, '#//lesson'])(
    'that means nothing is the gallery: %s',
    (hash) => {
      expect(parseRoute('', hash).page).toEqual({ name: 'gallery' });
    },
  );

  it.each(['<script>', 'Half Life', '반감기', 'a/b?c#d'])(
    'keeps a wrong name as it was written, for those who say what is wrong with it: %s',
    (name) => {
      const page = { name: 'lesson', lesson: name, step: name } as const;
      const hash = formatRoute({ ...gallery, page });
      expect(hash).not.toMatch(/[<>\s]/);
      expect(parseRoute('', hash).page).toEqual(page);
    },
  );

  it.each([
    gallery,
    { ...gallery, page: { name: 'verify' } as const },
    step,
    { ...step, embed: false },
    { ...step, language: null },
  ])('is read as it was written', (route) => {
    expect(parseRoute('', formatRoute(route))).toEqual(route);
  });
});
