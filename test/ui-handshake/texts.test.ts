import { expect, it } from 'vitest';
import { experiments, flightNames } from '../../src/ui/handshake/experiments.ts';
import en from '../../src/ui/handshake/texts.en.json' with { type: 'json' };
import ko from '../../src/ui/handshake/texts.ko.json' with { type: 'json' };

const parameters = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

it('everything is said in both languages, of the same things', () => {
  expect(Object.keys(ko)).toEqual(Object.keys(en));
  for (const [key, text] of Object.entries(en)) {
    expect(parameters(ko[key as keyof typeof ko]), key).toEqual(parameters(text));
  }
});

it('what can be tried has a name', () => {
  const keys = [
    ...experiments.map(({ id }) => `tamper_${id}`),
    ...flightNames.map((name) => `flight_${name}`),
  ];
  expect(keys.filter((key) => !(key in en))).toEqual([]);
});
