import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { data, scratch, svidlab } from './support/svidlab.ts';

const lesson = readFileSync(data('lesson.yaml'), 'utf8');
const failing = lesson.replace('sa/default }', 'sa/order }');
const misspelt = lesson.replace('minutes: 3', 'minuets: 3');
const impossible = lesson.replace('- advance: 20h', '- wait: { kind: pod.deleted, within: 1m }');

describe('svidlab check', () => {
  it('runs every lesson of scenarios/ where none is named', async () => {
    const cwd = scratch();
    mkdirSync(join(cwd, 'scenarios'));
    writeFileSync(join(cwd, 'scenarios/small.yaml'), lesson);
    const ended = await svidlab(['check'], { cwd });
    expect(ended).toEqual({
      code: 0,
      signal: null,
      stdout:
        'LESSON  STEPS  EXPECTATIONS  GOALS  VIRTUAL TIME  RESULT\n' +
        'small   4      3             1      20h3m         passed\n',
      stderr: '',
    });
  });

  it('ends with 1 and names the expectation, its step and its line', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'failing.yaml'), failing);
    const { code, stdout, stderr } = await svidlab(['check', 'failing.yaml'], { cwd });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain('small   4      3             1      20h3m         failed\n');
    expect(stdout).toContain(
      'failing.yaml:28: step "birth": expected identity of shop/order: spiffe://cluster.local/ns/shop/sa/order; ' +
        'saw spiffe://cluster.local/ns/shop/sa/default\n',
    );
  });

  it('ends with 2 where one of the lessons cannot be used, and judges the others', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'failing.yaml'), failing);
    writeFileSync(join(cwd, 'misspelt.yaml'), misspelt);
    const { code, stdout, stderr } = await svidlab(['check', 'misspelt.yaml', 'failing.yaml'], { cwd });
    expect(code).toBe(2);
    expect(stdout).toMatch(/^misspelt\.yaml +0 +0 +0 +0s +unusable\nsmall +4 +3 +1 +20h3m +failed$/m);
    expect(stderr).toContain(
      'error  misspelt.yaml:8:1: unknown key "minuets" in a lesson [unknown-key]\n    hint:  did you mean "minutes"?\n',
    );
  });

  it('says why a step could not be done', async () => {
    const { code, stdout, stderr } = await svidlab(['check', '-'], { input: impossible });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^small +3 of 4 +2 +0 +1m +failed$/m);
    expect(stdout).toMatch(/^\(stdin\):48: step "a-day": .*waited 1m for pod\.deleted, saw 0$/m);
  });

  it('prints its documented JSON', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'failing.yaml'), failing);
    writeFileSync(join(cwd, 'misspelt.yaml'), misspelt);
    const words = ['check', 'failing.yaml', 'misspelt.yaml', data('lesson.yaml'), '--json'];
    const { code, stdout } = await svidlab(words, { cwd });
    const number: unknown = expect.any(Number);
    const done = { id: 'small', steps: { done: 4, total: 4 }, expectations: 3, goals: 1, errors: [] };
    const measured = { events: number, virtualMs: number, realMs: number };
    const failure = {
      file: 'failing.yaml',
      line: 28,
      step: 'birth',
      expected: 'identity of shop/order: spiffe://cluster.local/ns/shop/sa/order',
      seen: 'spiffe://cluster.local/ns/shop/sa/default',
    };
    expect({ code, ...(JSON.parse(stdout) as object) }).toEqual({
      code: 2,
      ok: false,
      lessons: [
        { ...done, ...measured, file: 'failing.yaml', result: 'failed', failures: [failure] },
        {
          ...measured,
          file: 'misspelt.yaml',
          id: null,
          result: 'unusable',
          steps: { done: 0, total: 0 },
          expectations: 0,
          goals: 0,
          failures: [],
          errors: expect.arrayContaining([
            {
              rule: 'unknown-key',
              message: 'unknown key "minuets" in a lesson',
              file: 'misspelt.yaml',
              line: 8,
              column: 1,
              hint: 'did you mean "minutes"?',
            },
          ]) as unknown,
        },
        { ...done, ...measured, file: data('lesson.yaml'), result: 'passed', failures: [] },
      ],
    });
  });
});
