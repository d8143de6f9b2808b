import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECKPOINT_EVERY, project, type Fold } from '../../src/projection/fold.ts';
import { stageFold } from '../../src/projection/stage.ts';
import type { Entry } from '../../src/trace/entry.ts';
import { longStory, rotationStory } from './support/stories.ts';

const story = longStory(1_500);

function naive<State>(fold: Fold<State>, entries: readonly Entry[], cursor: number): State {
  const state = fold.start();
  for (const entry of entries.slice(0, cursor)) fold.step(state, entry);
  return state;
}

describe('a memoised fold', () => {
  it('equals the naive fold at any cursor, in any order of asking', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(story.length), { minLength: 1, maxLength: 6 }), (cursors) => {
        for (const cursor of cursors) {
          expect(project(stageFold, story, cursor)).toEqual(naive(stageFold, story, cursor));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('never changes what it said of a prefix, whatever is asked or appended later', () => {
    fc.assert(
      fc.property(fc.nat(story.length), fc.nat(story.length), (early, late) => {
        const growing = story.slice(0, Math.max(early, 1));
        const before = structuredClone(project(stageFold, growing, early));
        const handed = project(stageFold, growing, early);
        growing.push(...story.slice(growing.length));
        project(stageFold, growing, late);
        project(stageFold, growing, growing.length);
        expect(handed).toEqual(before);
        expect(project(stageFold, growing, early)).toEqual(before);
      }),
      { numRuns: 40 },
    );
  });

  it('forgets what was cut off by a rewind', () => {
    const entries = [...story];
    const cut = CHECKPOINT_EVERY + 40;
    project(stageFold, entries, entries.length);
    entries.length = cut;
    const other = rotationStory().map((entry, index) => ({ ...entry, seq: cut + index }) as Entry);
    entries.push(...other);
    expect(project(stageFold, entries, entries.length)).toEqual(naive(stageFold, entries, entries.length));
  });

  it('replays no more than the distance to a checkpoint', () => {
    let steps = 0;
    const counting: Fold<{ count: number }> = {
      start: () => ({ count: 0 }),
      copy: (state) => ({ ...state }),
      step: (draft) => {
        steps += 1;
        draft.count += 1;
      },
    };
    project(counting, story, story.length);
    steps = 0;
    for (let cursor = 0; cursor < story.length; cursor += 37) project(counting, story, cursor);
    expect(steps).toBeLessThan((story.length / 37) * CHECKPOINT_EVERY);
  });

  it('clamps a cursor outside the trace', () => {
    expect(project(stageFold, story, -5).seq).toBe(-1);
    expect(project(stageFold, story, story.length + 99).seq).toBe(story.length - 1);
  });
});
