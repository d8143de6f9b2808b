import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatScenarioError } from '../../src/scenario/error.ts';
import { loadLesson } from '../../src/scenario/load.ts';
import { changed, loadText, small } from './small.ts';

function errorsOf(text: string, catalogue?: readonly string[]): string[] {
  const result = loadLesson(text, { file: 'small.yaml', ...(catalogue === undefined ? {} : { catalogue }) });
  return result.ok ? [] : result.errors.map(formatScenarioError);
}

test('a lesson that is right loads, its texts parsed in every language', () => {
  const { view, lesson } = loadText();
  expect(lesson.steps.map((step) => step.id)).toEqual(['birth', 'whose-name', 'a-request', 'your-turn']);
  expect(view.title.ko).toBe('작은 메시');
  expect(view.steps[0]?.say.ko[0]).toEqual({
    type: 'paragraph',
    children: [
      { type: 'text', text: '파드 ' },
      {
        type: 'reference',
        reference: { type: 'pod', pod: 'shop/order' },
        children: [{ type: 'text', text: 'order' }],
      },
      { type: 'text', text: '가 시작합니다. ' },
      {
        type: 'reference',
        reference: { type: 'artefact', kind: 'csr', of: 'shop/order' },
        children: [{ type: 'text', text: 'CSR' }],
      },
      { type: 'text', text: '은 ' },
      {
        type: 'reference',
        reference: { type: 'actor', actor: 'istiod', of: null },
        children: [{ type: 'text', text: 'istiod' }],
      },
      { type: 'text', text: '로 갑니다.' },
    ],
  });
  expect(view.steps[1]?.ask?.options.map((option) => option.correct)).toEqual([false, true]);
  expect(view.steps[3]?.goal?.solutionFiles[0]?.name).toBe('frontend.yaml');
});

test('what a page gets can be cloned to it', () => {
  const { view } = loadText();
  expect(structuredClone(view)).toEqual(view);
});

test('a value is found in its line', () => {
  const { positionOf } = loadText();
  const line = (path: (string | number)[]): string | undefined =>
    small.split('\n')[positionOf(path).line - 1]?.trim();
  expect(line(['steps', 0, 'expect', 1])).toMatch(/^- \{identity: shop\/frontend/);
  expect(line(['steps', 2, 'do', 1])).toMatch(/^- advance: \{before/);
});

/** `line:column` of a text, from 1. */
function placeOf(text: string, part: string): string {
  const before = text.slice(0, text.indexOf(part)).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

describe('an error says where, what and what was meant', () => {
  test.each([
    [
      'title:\n  en: A small',
      'titel:\n  en: A small',
      'titel',
      ': unknown key "titel" in a lesson (did you mean "title"?)',
    ],
    ['title:\n  en: A small', 'titel:\n  en: A small', 'version', ': a lesson lacks "title"'],
    ['  ko: 작은 메시\n', '', 'title:', ': a title lacks "ko"'],
    ['작은 메시', '" "', '" "', ': a title is empty in this language'],
    ['A small mesh', '5', '5\n', ': expected string but received 5'],
    ['track: identity', 'track: identiy', 'identiy', ': unknown track "identiy" (did you mean "identity"?)'],
    ['version: 1', 'version: 2', '2', ': version must be 1 (this program reads format version 1)'],
    [
      'id: birth',
      'id: Birth',
      'Birth',
      ', step "Birth": "Birth" is not an identifier (for example two-envoys)',
    ],
    ['id: birth', 'di: birth', 'di: birth', ', step "#1": unknown key "di" in a step (did you mean "id"?)'],
    [
      'id: whose-name',
      'id: your-turn',
      'your-turn\n    title: {en: Your',
      ', step "your-turn": two steps have the id "your-turn"',
    ],
    [
      'within: 5m',
      'within: 5 min',
      '5 min',
      ', step "birth": "5 min" is not a duration (for example 90s, 12h, 1h30m, 2d)',
    ],
    ['within: 5m', 'within: 99999d', '99999d', ', step "birth": a duration is at most twenty years'],
    [
      'kind: pod.ready',
      'kind: pod.redy',
      'pod.redy',
      ', step "birth": unknown entry kind "pod.redy" (did you mean "pod.ready"?)',
    ],
    ['- csr:', '- crs:', 'crs:', ', step "whose-name": unknown command "crs" (did you mean "csr"?)'],
    [
      'san: spiffe',
      'sann: spiffe',
      'sann',
      ', step "whose-name": unknown key "sann" in csr (did you mean "san"?)',
    ],
    [
      '{pod: shop/order, ready: true}',
      '{pood: shop/order}',
      '{pood',
      ', step "birth": unknown expectation "pood" (did you mean "pod"?)',
    ],
    ['ready: true}', 'ready: maybe}', 'maybe', ', step "birth": expected boolean but received "maybe"'],
    [
      'outcome: allowed',
      'outcome: alowed',
      'alowed',
      ', step "a-request": unknown outcome "alowed" (did you mean "allowed"?)',
    ],
    [
      '          correct: true\n',
      '',
      '- text: {en: The name in the CSR',
      ', step "whose-name": exactly one option must have correct: true',
    ],
    [
      'advance: 2m',
      'advance: {befor: renewal}',
      '{befor:',
      ', step "a-request": unknown moment "befor" (did you mean "before"?)',
    ],
    [
      '2, within: 5m}',
      '2, within: 5m, where: {a: [1]}}',
      '[1]',
      ', step "birth": a range must be a mapping, found a list',
    ],
    ['steps:\n', 'steps: []\nothers:\n', '[]\nothers', ': steps needs at least 1'],
  ])('%j → %j', (from, to, marker, rest) => {
    const text = changed(from, to);
    expect(errorsOf(text)).toContain(`scenario small.yaml:${placeOf(text, marker)}${rest}`);
  });
});

describe('what a lesson names must exist in it', () => {
  test.each([
    ['identity: shop/order,', 'identity: shop/ordr,', 'unknown pod "shop/ordr" (did you mean "shop/order"?)'],
    ['identity: shop/order,', 'identity: shpo/order,', 'unknown namespace "shpo" (did you mean "shop"?)'],
    [
      'request: {from: shop/frontend, to: shop/order}',
      'request: {from: shop/frontend, to: shop/odrer}',
      'unknown service or pod "shop/odrer" (did you mean "shop/order"?)',
    ],
    [
      'focus: [pod:shop/order,',
      'focus: [pod:shop/oder,',
      'unknown pod "shop/oder" (did you mean "shop/order"?)',
    ],
    ['focus: [pod:shop/order,', 'focus: [node:node-9,', 'unknown node "node-9" (did you mean "node-1"?)'],
    ['focus: [pod:shop/order,', 'focus: [policy:shop/none,', 'unknown policy "shop/none"'],
    [
      'focus: [pod:shop/order,',
      'focus: [pods:shop/order,',
      'unknown reference "pods:shop/order" (did you mean "pod"?)',
    ],
    ['focus: [pod:shop/order,', 'focus: [actor:istio,', 'unknown actor "istio" (did you mean "istiod"?)'],
    [
      'where: {authenticated: true}',
      'where: {autenticated: true}',
      'an entry "token.reviewed" has no field "autenticated" (did you mean "authenticated"?)',
    ],
    [
      'csr: {pod: shop/order,',
      'csr: {pod: shop/orderly,',
      'unknown pod "shop/orderly" (did you mean "shop/order"?)',
    ],
    [
      '- advance: 2m',
      '- closeConnection: held',
      'no request holds a connection named "held" (hold one open with hold: <name>)',
    ],
    ['prerequisites: []', 'prerequisites: [smal]', 'there is no lesson "smal" (did you mean "small"?)'],
    ['url: https://github.com', 'url: https://example.com', 'links to "example.com" are not allowed'],
  ])('%j → %j', (from, to, message) => {
    const errors = errorsOf(changed(from, to), ['small', 'other']);
    expect(errors.map((error) => error.replace(/^scenario \S+ (step "[^"]*": )?/, ''))[0]).toContain(message);
  });

  test('in running text too, in each language, at the very link', () => {
    const text = small.replaceAll('](pod:shop/order)', '](pod:shop/oder)');
    const [english, korean] = ['Its [CSR]', '[CSR](artefact:csr@shop/order)은'].map((after) =>
      placeOf(text, text.slice(0, text.indexOf(after)).slice(text.lastIndexOf('pod:', text.indexOf(after)))),
    );
    const message = 'step "birth": unknown pod "shop/oder" (did you mean "shop/order"?)';
    expect(errorsOf(text)).toEqual([
      `scenario small.yaml:${english}, ${message}`,
      `scenario small.yaml:${korean}, ${message}`,
    ]);
  });

  test('single pods of a workload are taken on trust', () => {
    expect(
      errorsOf(changed('{pod: shop/order, ready: true}', '{pod: shop/order-7d9c5f68b4-x2k7q, ready: true}')),
    ).toEqual([]);
  });
});

test('an error in Kubernetes YAML stands at its place in the lesson file', () => {
  const inMesh = changed('replicas: 1', 'replicas: one');
  expect(errorsOf(inMesh)[0]).toMatch(`scenario small.yaml:${placeOf(inMesh, 'one')}: `);
  const inSolution = changed('                replicas: 1', '                replicas: one');
  expect(errorsOf(inSolution)[0]).toMatch(
    `scenario small.yaml:${placeOf(inSolution, 'one\n')}, step "your-turn": `,
  );
});

describe('input of any kind ends in a lesson or in errors', () => {
  test.each([
    ['', /a lesson must be a mapping, found null/],
    ['just text', /must be a mapping/],
    ['- a\n- b', /^scenario small.yaml:1:1: a lesson must be a mapping, found a list$/],
    ['a: [', /small\.yaml:1:\d+/],
    ['a: 1\na: 2', /unique/],
    ['x'.repeat(600_000), /larger than 512 kB/],
    ['['.repeat(10_000), /nested too deeply/],
    ['- '.repeat(10_000), /nested too deeply/],
    [
      `a: &a [x]\n${Array.from({ length: 30 }, (_, i) => `b${i}: &b${i} [*${i === 0 ? 'a' : `b${i - 1}`}, *${i === 0 ? 'a' : `b${i - 1}`}]`).join('\n')}`,
      /[Aa]lias/,
    ],
    ['__proto__: {version: 1}', /lacks "version"/],
  ])('case %#', (text, message) => {
    expect(errorsOf(text).join('\n')).toMatch(message);
  });

  test('whatever is cut out of a lesson or put into it', () => {
    const noise = fc.constantFrom(
      '',
      '  ',
      '\n',
      '- ',
      ': ',
      '*a ',
      '&a ',
      '[',
      '}',
      '|',
      '>',
      '!!x ',
      '\t',
      '"',
      '\0',
      '신',
    );
    const place = fc.nat({ max: small.length });
    fc.assert(
      fc.property(place, fc.nat({ max: 40 }), noise, (at, length, inserted) => {
        const text = small.slice(0, at) + inserted + small.slice(at + length);
        for (const error of errorsOf(text))
          expect(error).toMatch(/^scenario small\.yaml:\d+:\d+(, step ".*?")?: ./s);
      }),
      { numRuns: 150 },
    );
  });
});
