import { afterEach, describe, expect, test } from 'vitest';
import { nativeCrypto } from '../../src/core/crypto/index.ts';
import { formatScenarioError } from '../../src/scenario/error.ts';
import { LessonRun } from '../../src/scenario/run/lessonRun.ts';
import { shapeOf } from './shape.ts';
import { changed, loadText, small } from './small.ts';

const running: LessonRun[] = [];

async function open(text: string = small, seed = 1): Promise<LessonRun> {
  const opened = await LessonRun.open(loadText(text), { provider: nativeCrypto, seed });
  if (!opened.ok) throw new Error(formatScenarioError(opened.failure));
  running.push(opened.run);
  return opened.run;
}

afterEach(() => {
  for (const run of running.splice(0)) run.stop();
});

describe('steps', () => {
  test('are run in order up to the one asked for, and leave marks', async () => {
    const run = await open();
    expect(await run.goTo(2)).toBeNull();
    expect(run.marks.map(({ stepId, state }) => [stepId, state])).toEqual([
      ['birth', 'done'],
      ['whose-name', 'done'],
      ['a-request', 'done'],
    ]);
    for (const [i, mark] of run.marks.entries()) {
      expect(mark.beforeSeq).toBe(run.marks[i - 1]?.afterSeq ?? mark.beforeSeq);
      expect(mark.afterSeq).toBeGreaterThan(mark.beforeSeq);
      expect(mark.untilMs).toBeGreaterThanOrEqual(mark.atMs);
    }
    expect(run.expectations.filter(({ ok }) => !ok)).toEqual([]);
    expect(run.expectations).toHaveLength(10);
  });

  test('with a question wait for the answer', async () => {
    const run = await open();
    await run.goTo(1);
    const asking = run.marks[1];
    expect(asking).toMatchObject({ state: 'asking', option: null });
    expect(asking?.afterSeq).toBe(asking?.beforeSeq);
    expect(run.mesh.trace.counts['command.done']).toBe(1);
    expect(await run.answer(1, 0)).toBeNull();
    expect(run.marks[1]).toMatchObject({ state: 'done', option: 0 });
    const count = run.mesh.trace.count;
    await run.answer(1, 1);
    expect(run.mesh.trace.count).toBe(count);
    expect(run.marks[1]?.option).toBe(0);
  });

  test('with an answer given earlier do not wait', async () => {
    const run = await open();
    await run.goTo(1, { 'whose-name': 1 });
    expect(run.marks[1]).toMatchObject({ state: 'done', option: 1 });
  });

  test('that were run already are not run again', async () => {
    const run = await open();
    await run.goTo(2);
    const count = run.mesh.trace.count;
    expect(await run.goTo(0)).toBeNull();
    expect(run.mesh.trace.count).toBe(count);
  });
});

describe('commands', () => {
  test('a request is answered before the next command is given', async () => {
    const run = await open();
    await run.goTo(2);
    const kinds = run.mesh.trace.entries.slice(run.marks[2]?.beforeSeq).map((entry) => entry.kind);
    expect(kinds.indexOf('request.answered')).toBeLessThan(kinds.indexOf('rotation.started'));
    expect(kinds.filter((kind) => kind === 'request.answered')).toHaveLength(4);
  });

  test('a request in the background leaves room for what comes next', async () => {
    const text = changed(
      'count: 3, every: 2s}',
      'count: 3, every: 2s, background: true}\n      - stop: istiod',
    );
    const run = await open(text.replace('count: 4}', 'count: 2}'));
    expect(await run.goTo(2)).toBeNull();
    const kinds = run.mesh.trace.entries.slice(run.marks[2]?.beforeSeq).map((entry) => entry.kind);
    expect(kinds.filter((kind) => kind === 'request.answered').length).toBeLessThan(4);
    await run.advance(10_000);
    expect(run.mesh.trace.counts['request.answered']).toBe(4);
  });

  test('time goes on to a moment of a certificate', async () => {
    const run = await open();
    await run.goTo(0);
    const due = run.mesh.resolvePod('shop/order')?.renewalDueMs ?? NaN;
    await run.act({ type: 'advance-to', moment: 'renewal', pod: 'shop/order', offsetMs: -60_000 });
    expect(run.mesh.now()).toBe(due - 60_000);
  });

  test('a mesh can be ready when the lesson begins', async () => {
    const run = await open(changed('  settings:\n', '  ready: true\n  settings:\n'));
    expect(run.mesh.pods().every((pod) => pod.ready)).toBe(true);
    expect(run.marks).toEqual([]);
  });
});

describe('what goes wrong comes back as a value', () => {
  test('entries that do not come in time', async () => {
    const run = await open(changed('count: 2, within: 5m', 'count: 3, within: 5m'));
    const failure = await run.goTo(3);
    expect(failure && formatScenarioError(failure)).toBe(
      'scenario small.yaml:66:12, step "birth": waited 5m for 3 × pod.ready, saw 2',
    );
    expect(run.marks.map(({ state }) => state)).toEqual(['failed']);
    expect(await run.goTo(1)).toBeNull();
  });

  test('commands the mesh refuses', async () => {
    const run = await open(changed('- advance: 2m', '- deletePod: shop/order-7d9c5f68b4-x2k7q'));
    const failure = await run.goTo(2);
    expect(failure).toMatchObject({ step: 'a-request', line: 102, column: 9, rule: 'pod.exists' });
  });

  test('YAML the mesh refuses, at its line in the lesson', async () => {
    const run = await open(
      changed('namespace: shop}\n              ---', 'namespace: shpo}\n              ---'),
    );
    const failure = await run.solve(3);
    expect(failure).toMatchObject({ step: 'your-turn', line: 128, column: 15, rule: 'namespace.exists' });
  });

  test('expectations that do not hold say what was seen instead', async () => {
    const run = await open(
      changed(
        '{identity: shop/order, is: spiffe://cluster.local/ns/shop/sa/order}',
        '{identity: shop/order, is: none}',
      ),
    );
    await run.goTo(0);
    expect(run.expectations.filter(({ ok }) => !ok)).toEqual([
      {
        ok: false,
        step: 'birth',
        line: 72,
        expectation: { identity: 'shop/order', is: 'none' },
        found: { type: 'identity', spiffeId: 'spiffe://cluster.local/ns/shop/sa/order' },
        expected: 'identity of shop/order: none',
        seen: 'spiffe://cluster.local/ns/shop/sa/order',
      },
    ]);
  });

  test('what a learner does that the mesh refuses, and nothing changes', async () => {
    const run = await open();
    await run.goTo(0);
    const { count } = run.mesh.trace;
    const files = [
      { name: 'mine.yaml', text: 'apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: nowhere}' },
    ];
    const execution = await run.act({ type: 'apply-files', files });
    expect(execution.ok).toBe(false);
    expect(run.mesh.trace.count).toBe(count);
  });
});

describe('a goal', () => {
  test('is reached by its solution', async () => {
    const run = await open();
    await run.goTo(3);
    expect(await run.checkGoal(3)).toMatchObject({ reached: false, failure: null });
    expect(await run.solve(3)).toBeNull();
    expect(await run.checkGoal(3)).toMatchObject({ reached: true });
  });

  test('is reached by any other way', async () => {
    const run = await open();
    await run.goTo(3);
    const account = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: frontend, namespace: shop}\n';
    const pod = `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: frontend, namespace: shop}
spec:
  selector: {matchLabels: {app: frontend}}
  template:
    metadata: {labels: {app: frontend, tier: web}}
    spec: {serviceAccountName: frontend, containers: [{name: app, image: other}]}
`;
    await run.act({ type: 'apply', yaml: account + pod });
    expect(await run.checkGoal(3)).toMatchObject({ reached: true });
  });
});

describe('determinism', () => {
  test('two runs of one seed tell the same story', async () => {
    const [one, two] = [await open(), await open()];
    for (const run of [one, two]) await run.goTo(3);
    expect(shapeOf(two.mesh.trace.entries)).toEqual(shapeOf(one.mesh.trace.entries));
  });

  test('another seed tells another', async () => {
    const [one, two] = [await open(small, 1), await open(small, 2)];
    for (const run of [one, two]) await run.goTo(0);
    expect(shapeOf(two.mesh.trace.entries)).not.toEqual(shapeOf(one.mesh.trace.entries));
  });
});

describe('going back', () => {
  test('keeps every byte up to the step, and makes new keys from there on', async () => {
    const run = await open();
    await run.goTo(1);
    await run.answer(1, 0);
    await run.act({ type: 'request', from: 'shop/frontend', to: 'shop/order' });
    await run.advance(3_600_000);
    await run.goTo(2);
    await run.advance(86_400_000);
    const rewound = await run.rewindTo(2);
    if (!rewound.ok) throw new Error(formatScenarioError(rewound.failure));
    running.push(rewound.run);
    const point = run.pointOf(2);
    const before = { entries: point?.entries ?? 0, artefacts: point?.artefacts ?? 0 };
    expect(before.entries).toBe(run.marks[2]?.beforeSeq);
    expect(rewound.run.mesh.trace.entries.slice(0, before.entries)).toEqual(
      run.mesh.trace.entries.slice(0, before.entries),
    );
    const [old, now] = [[...run.mesh.artefacts.all()], [...rewound.run.mesh.artefacts.all()]];
    expect(now.slice(0, before.artefacts)).toEqual(old.slice(0, before.artefacts));
    const keys = (of: typeof old) => of.slice(before.artefacts).filter(({ kind }) => kind === 'private-key');
    expect(keys(now)[0]?.bytes).not.toEqual(keys(old)[0]?.bytes);
    expect(rewound.run.marks[1]).toEqual(run.marks[1]);
    expect(rewound.run.marks[2]).toMatchObject({ state: 'done', stepId: 'a-request' });
  });

  test('to a question asks it again', async () => {
    const run = await open();
    await run.goTo(3);
    const rewound = await run.rewindTo(1);
    if (!rewound.ok) throw new Error(formatScenarioError(rewound.failure));
    running.push(rewound.run);
    expect(rewound.run.marks.at(-1)).toMatchObject({ stepId: 'whose-name', state: 'asking' });
    expect(await rewound.run.answer(1, 1)).toBeNull();
  });

  test('repeats an advance that was broken off where it was broken off', async () => {
    const run = await open();
    await run.goTo(0);
    const controller = new AbortController();
    let slices = 0;
    const onSlice = (): void => {
      slices += 1;
      if (slices === 3) controller.abort();
    };
    const execution = await run.act(
      { type: 'advance-to', moment: 'expiry', pod: 'shop/order', offsetMs: 300 * 86_400_000 },
      { signal: controller.signal, onSlice },
    );
    expect(execution).toEqual({ ok: true, aborted: true });
    await run.goTo(1);
    const rewound = await run.rewindTo(1);
    if (!rewound.ok) throw new Error(formatScenarioError(rewound.failure));
    running.push(rewound.run);
    expect(rewound.run.mesh.now()).toBe(run.mesh.now());
    expect(rewound.run.mesh.trace.entries).toEqual(run.mesh.trace.entries);
  });
});
