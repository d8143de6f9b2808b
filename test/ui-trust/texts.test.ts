import { expect, it } from 'vitest';
import en from '../../src/ui/trust/texts.en.json' with { type: 'json' };
import ko from '../../src/ui/trust/texts.ko.json' with { type: 'json' };

const inputsOf = (text: string | undefined) => [...new Set(text?.match(/\{\w+\}/g))].sort().join();

it('both languages say the same, with the same things in it', () => {
  const [english, korean] = [en, ko].map((texts) => texts as Record<string, string>);
  expect(Object.keys(korean ?? {}).sort()).toEqual(Object.keys(english ?? {}).sort());
  for (const [key, text] of Object.entries(english ?? {})) {
    expect(text.trim(), key).not.toBe('');
    expect(korean?.[key]?.trim(), key).not.toBe('');
    expect(inputsOf(korean?.[key]), key).toBe(inputsOf(text));
  }
});
