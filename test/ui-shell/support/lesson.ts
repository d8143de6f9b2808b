import type { StepMark } from '../../../src/scenario/protocol.ts';
import type { LessonView, StepView } from '../../../src/scenario/view.ts';
import type { LessonSummary } from '../../../src/ui/gallery/summary.ts';

const both = <T>(value: T) => ({ en: value, ko: value });

/** A lesson of four steps: the second asks, the third has a goal. */
const stepIds = ['one', 'asks', 'goal', 'end'];

export const summary: LessonSummary = {
  id: 'little',
  file: 'little.yaml',
  track: 'identity',
  order: 1,
  title: both('Little'),
  summary: both('You can say it.'),
  level: 'beginner',
  minutes: 3,
  concepts: [],
  prerequisites: [],
  steps: stepIds.length,
  stepIds,
};

function step(id: string): StepView {
  const text = both([]);
  const option = (correct: boolean) => ({ text, correct, answer: text });
  return {
    id,
    title: both(id),
    say: text,
    ask: id === 'asks' ? { question: text, options: [option(false), option(true)] } : null,
    acts: true,
    then: null,
    focus: [],
    goal: null,
    case: null,
  };
}

export const view: LessonView = { ...summary, steps: stepIds.map(step) };

/** The mark of a step that stands between two entries. */
export function mark(
  step: number,
  beforeSeq: number,
  afterSeq: number,
  rest: Partial<StepMark> = {},
): StepMark {
  const stepId = stepIds[step] ?? '';
  const [atMs, untilMs] = [beforeSeq, afterSeq];
  return { step, stepId, beforeSeq, afterSeq, atMs, untilMs, state: 'done', option: null, ...rest };
}
