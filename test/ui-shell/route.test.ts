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
    ['', '#/lesson/rotation', { ...gallery, page: { name: 'lesson', lesson: 'rotation', step: null } }],
    ['', '#/lesson/rotation/half-life?lang=ko&embed', step],
    ['?embed&lang=ko', '#/lesson/rotation/half-life', step],
    ['?embed=0', '#/', gallery],
    ['?lang=en', '#/?lang=ko', { ...gallery, language: 'ko' }],
  ])('%s%s', (search, hash, route) => {
    expect(parseRoute(search, hash)).toEqual(route);
  });

  it.each(['#/nowhere', '#/lesson', '#/lesson/<script>', '#/lesson/%00', '#//lesson', '#garbage'])(
    'that means nothing is the gallery: %s',
    (hash) => {
      expect(parseRoute('', hash).page).toEqual({ name: 'gallery' });
    },
  );

  it('that names a step in an impossible way opens the lesson', () => {
    expect(parseRoute('', '#/lesson/rotation/Half%20Life').page).toEqual({
      name: 'lesson',
      lesson: 'rotation',
      step: null,
    });
  });

  it.each([gallery, step, { ...step, embed: false }, { ...step, language: null }])(
    'is read as it was written',
    (route) => {
      expect(parseRoute('', formatRoute(route))).toEqual(route);
    },
  );
});
