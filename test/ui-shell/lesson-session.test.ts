import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultSettings } from '../../src/mesh/settings.ts';
import type { Reference } from '../../src/scenario/reference.ts';
import type { EntryKind } from '../../src/trace/entry.ts';
import { recallLesson } from '../../src/ui/lesson/memory.ts';
import { LessonSession } from '../../src/ui/lesson/lesson-session.svelte.ts';
import { entriesOf, tlsStarted } from './support/entries.ts';
import { FakeLine, settled } from './support/fake-line.ts';
import { Frames } from './support/frames.ts';
import { mark, summary, view } from './support/lesson.ts';
import { stubStorage } from './support/storage.ts';

let line: FakeLine;
let session: LessonSession;

beforeEach(() => {
  stubStorage();
  new Frames({ reducedMotion: true });
  line = new FakeLine();
  session = newSession();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function newSession(load = () => Promise.resolve('the text')): LessonSession {
  return new LessonSession(summary, load, () => line);
}

async function append(from: number, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, i) => [from + i, 'istiod.started', { reason: '' }] as const);
  await line.report({ type: 'appended', entries: entriesOf(rows, from), artefacts: [] });
}

async function open(stepId: string | null, marks = [mark(0, 0, 3)]): Promise<void> {
  void session.open(stepId);
  await settled();
  await append(0, marks.at(-1)?.afterSeq ?? 0);
  await line.report({
    type: 'opened',
    id: line.last.id,
    lesson: view,
    settings: defaultSettings,
    epochMs: 1,
    seed: 1,
    marks,
    expectations: [],
  });
}

async function stepped(marks: ReturnType<typeof mark>[]): Promise<void> {
  const last = marks.at(-1) ?? mark(0, 0, 0);
  await line.report({ type: 'stepped', id: line.last.id, mark: last, marks, expectations: [] });
}

describe('opening', () => {
  it('begins with the first step, as it stands when it is done', async () => {
    await open(null);
    expect(line.last).toMatchObject({ type: 'open-lesson', yaml: 'the text', step: 0, answers: {} });
    expect([session.step, session.world.player.cursor]).toEqual([0, 3]);
  });

  it('runs up to the step of the address, with the predictions made before', async () => {
    await open('asks', [mark(0, 0, 3), mark(1, 3, 3, { state: 'asking' })]);
    void session.predict(1);
    session = newSession();
    void session.open('goal');
    await settled();
    expect(line.last).toMatchObject({ type: 'open-lesson', step: 2, answers: { asks: 1 } });
  });

  it('takes an unknown step for the first', async () => {
    await open('nowhere');
    expect(line.last).toMatchObject({ step: 0 });
  });

  it('says so when the lesson cannot be fetched', async () => {
    session = newSession(() => Promise.reject(new Error('offline')));
    await session.open(null);
    expect(session.world.crash?.message).toBe('little.yaml could not be loaded');
  });

  it('says so when the lesson cannot be read', async () => {
    void session.open(null);
    await settled();
    const error = { message: 'unknown key "stpes"', fatal: false };
    await line.report({ type: 'failed', id: line.last.id, error, errors: [error] });
    expect(session.world.crash).toEqual(error);
  });
});

describe('going through the steps', () => {
  it('shows a step that has run as it was, without running it', async () => {
    await open('asks', [mark(0, 0, 3), mark(1, 3, 5)]);
    const asked = line.requests.length;
    await session.goTo(0);
    expect([session.step, session.world.player.cursor, line.requests.length]).toEqual([0, 3, asked]);
    await session.goTo(1);
    expect(session.world.player.cursor).toBe(5);
  });

  it('runs a step that has not, and shows the text before it is done', async () => {
    await open(null);
    void session.goTo(2);
    expect(session.stepView?.id).toBe('goal');
    expect(line.last).toMatchObject({ type: 'go-to-step', step: 2 });
    await append(3, 4);
    await stepped([mark(0, 0, 3), mark(1, 3, 5), mark(2, 5, 7)]);
    expect(session.world.player.cursor).toBe(7);
  });

  it('leaves a reader where they are who has gone on in the meantime', async () => {
    await open(null);
    void session.goTo(1);
    const { id } = line.last;
    await session.goTo(0);
    await append(3, 2);
    const marks = [mark(0, 0, 3), mark(1, 3, 5)];
    await line.report({ type: 'stepped', id, mark: mark(1, 3, 5), marks, expectations: [] });
    expect([session.step, session.world.player.cursor]).toEqual([0, 3]);
  });

  it('goes nowhere beyond the ends', async () => {
    await open(null);
    await session.goTo(-1);
    await session.goTo(4);
    expect(session.step).toBe(0);
  });
});

describe('predicting', () => {
  it('runs the step', async () => {
    await open('asks', [mark(0, 0, 3), mark(1, 3, 3, { state: 'asking' })]);
    void session.predict(1);
    expect(line.last).toMatchObject({ type: 'answer', step: 1, option: 1 });
    expect(session.answer).toBe(1);
  });

  it('quicker than the world is told to it when it has come that far', async () => {
    await open(null);
    void session.goTo(1);
    await session.predict(1);
    expect(line.last).toMatchObject({ type: 'go-to-step' });
    await stepped([mark(0, 0, 3), mark(1, 3, 3, { state: 'asking' })]);
    expect(line.last).toMatchObject({ type: 'answer', step: 1, option: 1 });
  });

  it('after the step has run changes nothing in the world', async () => {
    await open('asks', [mark(0, 0, 3), mark(1, 3, 5)]);
    const asked = line.requests.length;
    await session.predict(0);
    expect([session.answer, line.requests.length]).toEqual([0, asked]);
  });
});

describe('a goal', () => {
  it('is reached when the engine says so, and this is remembered', async () => {
    await open('goal', [mark(0, 0, 3), mark(1, 3, 5), mark(2, 5, 7)]);
    void session.checkGoal();
    expect(session.goal.checking).toBe(true);
    await line.report({ type: 'goal', id: line.last.id, step: 2, reached: true, results: [], error: null });
    expect([session.goal.reached, session.goal.checking]).toEqual([true, false]);
    expect(recallLesson('little').reached).toEqual(['goal']);
  });

  it('begins anew when the step does', async () => {
    await open('goal', [mark(0, 0, 3), mark(1, 3, 5), mark(2, 5, 7)]);
    session.goal.reached = false;
    void session.rewind();
    await line.report({ type: 'reset', seq: 5, artefacts: [] });
    await append(5, 2);
    await stepped([mark(0, 0, 3), mark(1, 3, 5), mark(2, 5, 7)]);
    expect(session.goal.reached).toBeNull();
    expect(session.world.player.cursor).toBe(7);
  });
});

describe('a step about a handshake', () => {
  const about: Reference = { type: 'handshake', from: 'shop/order', to: 'istiod' };
  const begun = [0, 'tls.started', tlsStarted('ca:1')] as const;
  const refused = [2, 'tls.alert', { connection: 'ca:1', level: 'fatal', code: 48 }] as const;
  const idle = (atMs: number) => [atMs, 'istiod.started', { reason: '' }] as const;

  /** A lesson whose first two steps are about the handshake; the second asks. */
  async function openAbout(
    marks: ReturnType<typeof mark>[],
    second: readonly [number, EntryKind, Record<string, unknown>],
  ) {
    const steps = view.steps.map((step, i) => (i < 2 ? { ...step, focus: [about] } : step));
    void session.open(null);
    await settled();
    const rows = [begun, idle(1), second, idle(3), idle(4)];
    await line.report({ type: 'appended', entries: entriesOf(rows), artefacts: [] });
    const settings = defaultSettings;
    const lesson = { ...view, steps };
    const rest = { id: line.last.id, lesson, settings, epochMs: 1, seed: 1, marks, expectations: [] };
    await line.report({ type: 'opened', ...rest });
  }
  const open = () => session.world.player.view.handshake;

  it('opens it, and a step about something else closes it', async () => {
    await openAbout([mark(0, 0, 2), mark(1, 2, 3), mark(2, 3, 4)], idle(2));
    expect(open()).toBe('ca:1');
    await session.goTo(2);
    expect(open()).toBeNull();
    await session.goTo(1);
    expect(open()).toBe('ca:1');
  });

  it('offers it again where the reader has closed it', async () => {
    await openAbout([mark(0, 0, 2)], idle(2));
    session.world.player.view.close();
    expect(session.world.player.view.offered).toEqual({ type: 'handshake', connection: 'ca:1' });
  });

  it('shows it at its question while it is underway', async () => {
    await openAbout([mark(0, 0, 2), mark(1, 3, 3, { state: 'asking' })], idle(2));
    await session.goTo(1);
    expect(open()).toBe('ca:1');
  });

  it('shows none at its question that has already failed: it is not the one that is asked about', async () => {
    await openAbout([mark(0, 0, 2), mark(1, 3, 3, { state: 'asking' })], refused);
    expect(open()).toBe('ca:1');
    await session.goTo(1);
    expect([open(), session.world.player.view.offered]).toEqual([null, null]);
  });
});

it('remembers what was seen, and where the reader stopped', async () => {
  await open(null);
  void session.goTo(1);
  expect(recallLesson('little')).toMatchObject({ seen: ['one', 'asks'], last: 'asks' });
  expect([session.seen(1), session.seen(2)]).toEqual([true, false]);
});

it('starts again after a crash at the step where it was', async () => {
  await open('asks', [mark(0, 0, 3), mark(1, 3, 5)]);
  line.crash('out of memory');
  expect(session.world.crash?.message).toBe('out of memory');
  await open('asks', [mark(0, 0, 3), mark(1, 3, 5)]);
  expect(session.world.crash).toBeNull();
  expect([session.step, session.world.player.trace.count]).toEqual([1, 5]);
});
