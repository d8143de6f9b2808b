import { describe, expect, test } from 'vitest';
import { readRunbook } from '../../src/scenario/runbook.ts';

describe('a runbook', () => {
  test('is a list of commands, each with its line', () => {
    const result = readRunbook('runbook.yaml', '# first\n- bringOnline: root\n\n- advance: 12h\n');
    expect(result).toMatchObject({
      ok: true,
      runbook: { lines: [2, 4], commands: [{ bringOnline: 'root' }, { advance: '12h' }] },
    });
  });

  test.each([
    ['- bringOnlin: root', 'unknown-command', 1, 'bringOnline'],
    ['- advance: 12h\n- cacerts: { isuer: x }', 'unknown-key', 2, 'issuer'],
    ['- advance: soon', 'duration', 1, ''],
    ['advance: 12h', 'type', 1, ''],
    ['- [', 'yaml', 1, ''],
    ['', 'type', 1, ''],
  ])('%j is refused by %s at line %i', (text, rule, line, hint) => {
    const result = readRunbook('runbook.yaml', text);
    const [error] = result.ok ? [] : result.errors;
    expect(error).toMatchObject({ file: 'runbook.yaml', line });
    expect(error?.rule).toBe(rule);
    if (hint !== '') expect(error?.hint).toContain(hint);
  });
});
