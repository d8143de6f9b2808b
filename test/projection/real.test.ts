import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { changesBetween } from '../../src/projection/changes.ts';
import { project } from '../../src/projection/fold.ts';
import { identityAt } from '../../src/projection/identity.ts';
import { describeEntry } from '../../src/projection/log.ts';
import { stageFold } from '../../src/projection/stage.ts';
import { messagesAt, podsAt } from '../../src/projection/stage-view.ts';
import { TimelineTracker } from '../../src/projection/timeline.ts';
import { messageCurve } from '../../src/ui/stage/anchors.ts';
import { layoutStage } from '../../src/ui/stage/layout.ts';
import type { Entry } from '../../src/trace/entry.ts';
import { realBirth, realCalls, realOutage } from './support/real.ts';

const runs = [
  ['birth', realBirth],
  ['calls', realCalls],
  ['outage', realOutage],
] as const;

/** One run serves all tests that only read it. */
const memo = new Map<unknown, Promise<readonly Entry[]>>();
function entriesOf(run: () => Promise<Entry[]>): Promise<readonly Entry[]> {
  const known = memo.get(run) ?? run();
  memo.set(run, known);
  return known;
}

const messages = Object.fromEntries(
  ['en', 'ko'].map((language) => [
    language,
    JSON.parse(readFileSync(`src/ui/i18n/messages/${language}.json`, 'utf8')) as Record<string, string>,
  ]),
);

describe.each(runs)('the views of a real run (%s)', (_name, run) => {
  it('have words for every entry, with nothing left to fill in', async () => {
    const gaps = new Set<string>();
    for (const entry of await entriesOf(run)) {
      const { id, params } = describeEntry(entry);
      for (const [language, texts] of Object.entries(messages)) {
        const text = texts[`timeline_event_${id}`] ?? '';
        if (text === '') gaps.add(`${language} ${id}`);
        for (const [, name] of text.matchAll(/\{(\w+)\}/g)) {
          if (params[name ?? ''] === undefined) gaps.add(`${language} ${id} {${name ?? ''}}`);
        }
      }
    }
    expect([...gaps]).toEqual([]);
  });

  it('find every message a way across the stage', async () => {
    const entries = await entriesOf(run);
    const lost: string[] = [];
    entries.forEach((entry, index) => {
      if (entry.kind !== 'message.sent') return;
      const state = project(stageFold, entries, index + 1);
      const nodes = [...state.nodes.values()].map(({ name }) => ({
        name,
        pods: podsAt(state, state.atMs)
          .filter((pod) => pod.node === name)
          .map((pod) => pod.ref),
      }));
      const layout = layoutStage({ width: 704, height: 676, nodes });
      const travelling = messagesAt(state, state.atMs).filter((message) => message.id === entry.data.message);
      if (travelling.length !== 1) lost.push(`${entry.data.label} is not travelling`);
      if (messageCurve(layout, entry.data.from, entry.data.to) === null) {
        lost.push(`${entry.data.from} > ${entry.data.to}`);
      }
    });
    expect([...new Set(lost)]).toEqual([]);
  });

  it('leave no message in flight and every ready pod in the mesh with an identity', async () => {
    const entries = await entriesOf(run);
    const state = project(stageFold, entries, entries.length);
    expect([...state.messages.values()].filter((message) => message.ended === null)).toEqual([]);
    for (const pod of state.pods.values()) {
      if (pod.phase !== 'ready') continue;
      const identity = identityAt(pod, state.atMs);
      expect(identity.state).toBe(pod.injected ? 'valid' : 'outside');
      if (pod.injected) expect(identity.due).toBeCloseTo(0.5, 1);
    }
  });

  it('tell a listener something of every step, in either direction', async () => {
    const entries = await entriesOf(run);
    expect(changesBetween(entries, 0, entries.length)).toMatchObject({ direction: 'forward' });
    expect(changesBetween(entries, 0, entries.length).told.length).toBeGreaterThan(0);
    expect(changesBetween(entries, entries.length, 3)).toEqual({ direction: 'back', told: [], more: 0 });
  });
});

describe('the timeline of a real run', () => {
  it('shows three generations, the outage between them and the rollout in a row of its own', async () => {
    const model = new TimelineTracker().update(await entriesOf(realOutage));
    expect(model.istiod.outages).toHaveLength(1);
    const order = model.lanes.find((lane) => lane.workload === 'order');
    expect(order?.rows.map((row) => row.pods.length)).toEqual([1, 1]);
    const first = order?.rows[0]?.pods[0];
    expect(first?.certificates.map((bar) => bar.generation)).toEqual([1, 2, 3]);
    expect(first?.certificates[0]?.replacedAtMs).toBe(first?.certificates[1]?.acceptedAtMs);
    expect(first?.marks.some((mark) => mark.kind === 'expired')).toBe(true);
  });

  it('is the same whether read at once or as it grows, and starts over after a cut', async () => {
    const entries = await entriesOf(realCalls);
    const whole = new TimelineTracker().update(entries);
    const growing = new TimelineTracker();
    const held: Entry[] = [];
    for (const entry of entries) {
      held.push(entry);
      growing.update(held);
    }
    expect(growing.update(held)).toEqual(whole);
    held.length = 40;
    expect(growing.update(held)).toEqual(new TimelineTracker().update(held));
  });
});
