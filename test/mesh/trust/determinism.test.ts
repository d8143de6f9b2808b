import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import { formatScenarioError } from '../../../src/scenario/error.ts';
import { loadLesson, type LoadedLesson } from '../../../src/scenario/load.ts';
import { correctAnswers } from '../../../src/scenario/run/headless.ts';
import { LessonRun, type RewoundRun } from '../../../src/scenario/run/lessonRun.ts';
import { readRunbook } from '../../../src/scenario/runbook.ts';
import { shapeOf } from '../../scenario/shape.ts';

const running: LessonRun[] = [];
afterEach(() => {
  for (const run of running.splice(0)) run.stop();
});

function load(id: string): LoadedLesson {
  const file = `${id}.yaml`;
  const text = readFileSync(new URL(`../../../scenarios/${file}`, import.meta.url), 'utf8');
  const result = loadLesson(text, { file });
  if (!result.ok) throw new Error(result.errors.map(formatScenarioError).join('\n'));
  return result.loaded;
}

async function open(loaded: LoadedLesson): Promise<LessonRun> {
  const opened = await LessonRun.open(loaded, { provider: nativeCrypto });
  if (!opened.ok) throw new Error(formatScenarioError(opened.failure));
  running.push(opened.run);
  return opened.run;
}

function taken(rewound: RewoundRun): LessonRun {
  if (!rewound.ok) throw new Error(formatScenarioError(rewound.failure));
  expect(rewound.failure).toBeNull();
  running.push(rewound.run);
  return rewound.run;
}

/** Up to where a step was entered: the same entries and the same bytes, keys and signatures included. */
function expectSamePast(first: LessonRun, second: LessonRun, step: number): void {
  const point = first.pointOf(step);
  if (point === null) throw new Error(`step ${step} was not entered`);
  expect(point.entries).toBeGreaterThan(0);
  expect(second.mesh.trace.entries.slice(0, point.entries)).toEqual(
    first.mesh.trace.entries.slice(0, point.entries),
  );
  const bytes = ({ mesh }: LessonRun) => [...mesh.artefacts.all()].slice(0, point.artefacts);
  expect(bytes(second)).toEqual(bytes(first));
}

describe.each(['leaked-intermediate', 'root-rotation', 'revocation'])('%s', (id) => {
  test('is one story with one seed', async () => {
    const loaded = load(id);
    const end = loaded.lesson.steps.length - 1;
    const stories = new Set<string>();
    for (let round = 0; round < 3; round += 1) {
      const run = await open(loaded);
      expect(await run.goTo(end, correctAnswers(loaded))).toBeNull();
      stories.add(shapeOf(run.mesh.trace.entries).join('\n'));
      run.stop();
    }
    expect(stories.size).toBe(1);
  });

  test('has its past again, bit by bit, wherever one goes back to', async () => {
    const loaded = load(id);
    const end = loaded.lesson.steps.length - 1;
    const run = await open(loaded);
    expect(await run.goTo(end, correctAnswers(loaded))).toBeNull();
    const middle = Math.floor(end / 2);
    for (const step of [end, middle]) {
      const again = taken(await run.rewindTo(step));
      expectSamePast(run, again, step);
      again.stop();
    }
  });

  test('has a runbook of the learner’s in its past, refused commands or not', async () => {
    const loaded = load(id);
    const run = await open(loaded);
    expect(await run.goTo(1, correctAnswers(loaded))).toBeNull();
    const authority = loaded.lesson.mesh.settings?.authorities?.[0]?.id ?? '';
    const text = [
      `- bringOnline: ${authority}`,
      `- createAuthority: { id: learner, parent: ${authority}, keyType: ecdsa-p256 }`,
      `- publishCrl: { authority: learner }`,
      `- steal: { authority: learner }`,
      '- blastRadius: { authority: learner }',
      '- advance: 90s',
      '- bringOnline: nobody',
    ].join('\n');
    const read = readRunbook('runbook.yaml', text);
    if (!read.ok) throw new Error(JSON.stringify(read.errors));
    expect(await run.runBook(read.runbook)).toMatchObject({ ok: false, refusals: [{ line: 7 }] });
    await run.goTo(2, correctAnswers(loaded));
    const again = taken(await run.rewindTo(2));
    expectSamePast(run, again, 2);
    const measured = again.mesh.trace.entries.filter(({ kind }) => kind === 'blast-radius.measured');
    expect(measured.map(({ data }) => 'holder' in data && data.holder)).toContain('learner');
  });
});
