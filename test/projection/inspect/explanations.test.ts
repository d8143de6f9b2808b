import { describe, expect, it } from 'vitest';
import en from '../../../src/projection/inspect/explain.en.json' with { type: 'json' };
import ko from '../../../src/projection/inspect/explain.ko.json' with { type: 'json' };
import { FIELD_IDS, GROUP_IDS, NOTE_IDS, PROOF_IDS } from '../../../src/projection/inspect/index.ts';

const keys = [
  ...FIELD_IDS.map((id) => `explain_${id}`),
  ...GROUP_IDS.map((id) => `group_${id}`),
  ...NOTE_IDS.map((id) => `note_${id}`),
  ...PROOF_IDS.map((id) => `proof_${id}`),
];

describe.each([
  ['English', en as Record<string, string>],
  ['Korean', ko as Record<string, string>],
])('explanations in %s', (_, texts) => {
  it('cover every field, group, note and proof, and nothing else', () => {
    expect(Object.keys(texts)).toEqual(keys);
  });

  it('are one or two short sentences without placeholders', () => {
    for (const [key, text] of Object.entries(texts)) {
      expect(text.trim(), key).toBe(text);
      expect(text, key).not.toMatch(/[{}<>]/);
      expect(text.length, key).toBeGreaterThan(1);
      expect(text.length, key).toBeLessThan(260);
    }
  });
});

it('Korean explanations end as polite statements', () => {
  for (const [key, text] of Object.entries(ko)) {
    if (!key.startsWith('group_')) expect(text, key).toMatch(/(니다|음)\.$/);
  }
});
