import { asRecord, kept } from '../shared/storage.ts';

/** How far a reader has come in a lesson. */
export interface LessonMemory {
  /** Ids of the steps that were seen. */
  readonly seen: readonly string[];
  /** The step that was shown last; null before the first. */
  readonly last: string | null;
  /** Predictions, by step id. */
  readonly answers: Readonly<Record<string, number>>;
  /** Ids of the steps whose goal was reached. */
  readonly reached: readonly string[];
}

const nothing: LessonMemory = { seen: [], last: null, answers: {}, reached: [] };

const store = kept<Readonly<Record<string, LessonMemory>>>('lessons', (value) =>
  Object.fromEntries(Object.entries(asRecord(value)).map(([id, memory]) => [id, asMemory(memory)])),
);

export function recallLesson(id: string): LessonMemory {
  return store.read()[id] ?? nothing;
}

export function rememberLesson(id: string, memory: LessonMemory): void {
  store.write({ ...store.read(), [id]: memory });
}

/** How much of a lesson was seen. */
export function progressOf(memory: LessonMemory, stepIds: readonly string[]): 'new' | 'begun' | 'finished' {
  const seen = stepIds.filter((id) => memory.seen.includes(id)).length;
  if (seen === 0) return 'new';
  return seen === stepIds.length ? 'finished' : 'begun';
}

function asMemory(value: unknown): LessonMemory {
  const { seen, last, answers, reached } = asRecord(value);
  return {
    seen: asStrings(seen),
    last: typeof last === 'string' ? last : null,
    answers: Object.fromEntries(
      Object.entries(asRecord(answers)).filter(
        (pair): pair is [string, number] => typeof pair[1] === 'number',
      ),
    ),
    reached: asStrings(reached),
  };
}

function asStrings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
