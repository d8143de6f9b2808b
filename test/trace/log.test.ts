import { describe, expect, test } from 'vitest';
import { TraceLog, type Entry } from '../../src/trace/index.ts';

const ready = (log: TraceLog, n: number) => {
  for (let i = 0; i < n; i++) log.append('kubelet', 'pod.ready', { pod: `shop/order-${i}` });
};

test('entries are numbered from 0 and stamped with virtual time', () => {
  let nowMs = 0;
  const log = new TraceLog(() => nowMs);
  const first = log.append('kubelet', 'pod.ready', { pod: 'shop/order' });
  nowMs = 1500;
  log.append('istiod', 'istiod.stopped', { reason: 'asked' });
  expect(first).toEqual({
    seq: 0,
    atMs: 0,
    actor: 'kubelet',
    kind: 'pod.ready',
    data: { pod: 'shop/order' },
  });
  expect(log.entries).toEqual([
    first,
    { seq: 1, atMs: 1500, actor: 'istiod', kind: 'istiod.stopped', data: { reason: 'asked' } },
  ]);
  expect([log.count, log.firstSeq, log.counts]).toEqual([2, 0, { 'pod.ready': 1, 'istiod.stopped': 1 }]);
});

test('the entries are one array that grows', () => {
  const log = new TraceLog(() => 0);
  const { entries } = log;
  ready(log, 3);
  expect(entries.map(({ seq }) => seq)).toEqual([0, 1, 2]);
  expect(log.entries).toBe(entries);
});

describe('listeners', () => {
  test('hear every entry until they unsubscribe, also while one is being told', () => {
    const log = new TraceLog(() => 0);
    const heard: string[] = [];
    const stop = log.onAppend(({ seq }) => {
      heard.push(`once ${seq}`);
      stop();
    });
    log.onAppend(({ seq }) => heard.push(`always ${seq}`));
    ready(log, 2);
    stop();
    expect(heard).toEqual(['once 0', 'always 0', 'always 1']);
  });

  test('may append in turn; everybody hears the entries in order, each once', () => {
    const log = new TraceLog(() => 0);
    const heard: Entry[] = [];
    log.onAppend(({ kind }) => {
      if (kind === 'pod.ready') log.append('istiod', 'istiod.stopped', { reason: 'asked' });
    });
    log.onAppend((entry) => heard.push(entry));
    ready(log, 2);
    expect(heard.map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
  });
});

describe('a bound', () => {
  test('drops the oldest entries; numbers and counts go on', () => {
    const log = new TraceLog(() => 0, { keepEntries: 3 });
    for (let n = 1; n <= 20; n++) {
      ready(log, 1);
      const kept = Math.min(n, 3);
      expect([log.firstSeq, log.at(n - kept)?.seq, log.at(n - kept - 1), log.at(n)]).toEqual([
        n - kept,
        n - kept,
        undefined,
        undefined,
      ]);
    }
    expect(log.entries.map(({ seq }) => seq)).toEqual([17, 18, 19]);
    expect([log.count, log.counts]).toEqual([20, { 'pod.ready': 20 }]);
  });

  test('of 0 holds nothing and still counts', () => {
    const log = new TraceLog(() => 0, { keepEntries: 0 });
    ready(log, 5);
    expect([log.entries, log.firstSeq, log.count]).toEqual([[], 5, 5]);
  });

  test.each([-1, 1.5, NaN])('of %d is none', (keepEntries) => {
    expect(() => new TraceLog(() => 0, { keepEntries })).toThrow(
      `keepEntries needs a whole number of entries or "all", not ${keepEntries}`,
    );
  });
});
