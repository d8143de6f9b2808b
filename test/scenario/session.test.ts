import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nativeCrypto } from '../../src/core/crypto/index.ts';
import type { SessionReport, SessionRequest } from '../../src/scenario/protocol.ts';
import { createSession } from '../../src/scenario/session/session.ts';
import type { Artefact, Entry } from '../../src/trace/index.ts';
import { changed, small } from './small.ts';

type Body = SessionRequest extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never;
type Answer = Exclude<SessionReport, { type: 'appended' | 'reset' | 'progress' }>;

/** What a page does: sends requests, keeps what is appended, and waits for the answer to each request. */
class Page {
  readonly reports: SessionReport[] = [];
  readonly entries: Entry[] = [];
  readonly artefacts = new Map<string, Artefact>();
  readonly #session = createSession((report) => this.#take(report), { provider: nativeCrypto });
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #nextId = 1;

  ask(body: Body): Promise<Answer> {
    const id = this.#nextId++;
    if (body.type === 'open-lesson' || body.type === 'open-mesh') this.#forget();
    const answer = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    // Both directions go through a clone, as between a page and its worker.
    this.#session.handle(structuredClone({ ...body, id }));
    return answer;
  }

  openSmall(more: { step?: number; answers?: Record<string, number> } = {}): Promise<Answer> {
    return this.ask({ type: 'open-lesson', yaml: small, file: 'small.yaml', ...more });
  }

  #forget(): void {
    this.entries.length = 0;
    this.artefacts.clear();
  }

  #take(sent: SessionReport): void {
    const report = structuredClone(sent);
    this.reports.push(report);
    if (report.type === 'appended') {
      for (const entry of report.entries) {
        expect(entry.seq).toBe(this.entries.length);
        this.entries.push(entry);
      }
      for (const artefact of report.artefacts) {
        expect(this.artefacts.has(artefact.id)).toBe(false);
        this.artefacts.set(artefact.id, artefact);
      }
    } else if (report.type === 'reset') {
      this.entries.length = report.seq;
      for (const id of report.artefacts) expect(this.artefacts.delete(id)).toBe(true);
    } else if (report.type !== 'progress' && report.id !== null) {
      this.#waiting.get(report.id)?.(report);
      this.#waiting.delete(report.id);
    }
  }
}

const manifest = `apiVersion: v1
kind: Namespace
metadata: {name: lab, labels: {istio-injection: enabled}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: sleep, namespace: lab}
spec:
  selector: {matchLabels: {app: sleep}}
  template:
    metadata: {labels: {app: sleep}}
    spec: {containers: [{name: sleep, image: sleep}]}
`;
const fast = { keyType: 'ecdsa-p256', rootKeyType: 'ecdsa-p256', apiServerKeyType: 'ecdsa-p256' } as const;

describe('a lesson', () => {
  test('is opened, stepped through and finished', async () => {
    const page = new Page();
    const opened = await page.openSmall();
    expect(opened).toMatchObject({
      type: 'opened',
      lesson: { id: 'small' },
      seed: 1,
      marks: [{ stepId: 'birth', state: 'done' }],
    });
    expect(await page.ask({ type: 'go-to-step', step: 1 })).toMatchObject({
      type: 'stepped',
      mark: { state: 'asking' },
    });
    expect(await page.ask({ type: 'answer', step: 1, option: 1 })).toMatchObject({
      mark: { state: 'done', option: 1 },
    });
    const stepped = await page.ask({ type: 'go-to-step', step: 3 });
    expect(stepped).toMatchObject({ mark: { stepId: 'your-turn' }, marks: { length: 4 } });
    expect(stepped.type === 'stepped' && stepped.expectations.every(({ ok }) => ok)).toBe(true);
    expect(await page.ask({ type: 'check-goal', step: 3 })).toMatchObject({
      type: 'goal',
      reached: false,
      error: null,
    });
    expect(await page.ask({ type: 'solve', step: 3 })).toMatchObject({ type: 'goal', reached: true });
  });

  test('every artefact an entry names has arrived with it', async () => {
    const page = new Page();
    await page.openSmall({ step: 3 });
    for (const { data } of page.entries) {
      if ('artefact' in data) expect(page.artefacts.has(data.artefact)).toBe(true);
    }
  });

  test('can be opened in the middle, with the answers given earlier', async () => {
    const page = new Page();
    const opened = await page.openSmall({ step: 1, answers: { 'whose-name': 0 } });
    expect(opened).toMatchObject({
      marks: [{ stepId: 'birth' }, { stepId: 'whose-name', state: 'done', option: 0 }],
    });
    expect(await new Page().openSmall({ step: 99 })).toMatchObject({ type: 'opened', marks: { length: 4 } });
  });

  test('is rewound: what is void is named, what follows is appended anew', async () => {
    const page = new Page();
    await page.openSmall({ step: 3 });
    const [before, keys] = [[...page.entries], new Map(page.artefacts)];
    await page.ask({ type: 'advance', ms: 86_400_000 });
    const stepped = await page.ask({ type: 'rewind', step: 2 });
    if (stepped.type !== 'stepped') throw new Error(JSON.stringify(stepped));
    expect(stepped.mark).toMatchObject({ stepId: 'a-request', state: 'done' });
    expect(stepped.marks).toHaveLength(3);
    const { beforeSeq } = stepped.mark;
    expect(page.entries.slice(0, beforeSeq)).toEqual(before.slice(0, beforeSeq));
    expect(page.entries).toHaveLength(stepped.mark.afterSeq);
    const changedKeys = [...page.artefacts.values()].filter(
      ({ id, kind, bytes }) => kind === 'private-key' && String(bytes) !== String(keys.get(id)?.bytes),
    );
    expect(changedKeys.length).toBeGreaterThan(0);
    expect(await page.ask({ type: 'go-to-step', step: 3 })).toMatchObject({
      type: 'stepped',
      mark: { step: 3 },
    });
  });

  test('with errors is refused with all of them', async () => {
    const page = new Page();
    const yaml = changed('track: identity', 'track: identiy').replace('level: beginner', 'level: novice');
    expect(await page.ask({ type: 'open-lesson', yaml, file: 'mine.yaml' })).toMatchObject({
      type: 'failed',
      error: { file: 'mine.yaml', line: 3, rule: 'unknown-value', fatal: true },
      errors: [{ line: 3 }, { message: 'unknown level "novice"' }],
    });
    expect(await page.ask({ type: 'go-to-step', step: 0 })).toMatchObject({
      type: 'failed',
      error: { rule: 'not-open' },
    });
  });

  test('a step that cannot be run says so, and the session goes on', async () => {
    const page = new Page();
    const yaml = changed('- advance: 2m', '- advance: {before: renewal, pod: shop/order, by: 20d}');
    await page.ask({ type: 'open-lesson', yaml, file: 'small.yaml' });
    const stepped = await page.ask({ type: 'go-to-step', step: 2 });
    expect(stepped).toMatchObject({ type: 'stepped', mark: { step: 2, state: 'failed' } });
    expect(page.reports.at(-1)).toMatchObject({
      type: 'failed',
      id: null,
      error: { step: 'a-request', fatal: false },
    });
    expect(await page.ask({ type: 'go-to-step', step: 3 })).toMatchObject({
      type: 'stepped',
      mark: { state: 'done' },
    });
  });
});

describe('a mesh of one’s own', () => {
  test('is opened from YAML, and goes on with time', async () => {
    const page = new Page();
    const files = [{ name: 'lab.yaml', text: manifest }];
    const opened = await page.ask({ type: 'open-mesh', files, settings: fast, seed: 7 });
    expect(opened).toMatchObject({ type: 'opened', lesson: null, seed: 7, marks: [] });
    expect(await page.ask({ type: 'advance', ms: 10_000 })).toEqual({
      type: 'done',
      id: 2,
      atMs: 10_000,
      aborted: false,
    });
    expect(page.entries.some(({ kind }) => kind === 'pod.ready')).toBe(true);
    expect(
      await page.ask({ type: 'act', command: { type: 'restart', workload: 'lab/sleep' } }),
    ).toMatchObject({ type: 'done' });
  });

  test('gives away everything it holds, as the command line writes it', async () => {
    const page = new Page();
    expect(await page.ask({ type: 'export' })).toMatchObject({
      type: 'failed',
      error: { rule: 'not-open', fatal: false },
    });
    await page.ask({
      type: 'open-mesh',
      files: [{ name: 'lab.yaml', text: manifest }],
      settings: fast,
    });
    await page.ask({ type: 'advance', ms: 10_000 });
    await page.ask({ type: 'act', command: { type: 'restart', workload: 'lab/sleep' } });
    await page.ask({ type: 'advance', ms: 60_000 });
    const before = page.entries.length;
    const exported = await page.ask({ type: 'export' });
    if (exported.type !== 'exported') throw new Error(exported.type);
    expect(page.entries.length).toBe(before);
    expect(exported.atMs).toBe(70_000);
    const paths = exported.files.map(({ path }) => path);
    expect(paths.filter((path) => path.startsWith('issued/'))).toHaveLength(2);
    const pod = page.entries.findLast(({ kind }) => kind === 'pod.scheduled');
    if (pod?.kind !== 'pod.scheduled') throw new Error('no pod');
    expect(paths.filter((path) => !path.startsWith('issued/'))).toEqual([
      'authorities/istiod/certificate-1.pem',
      'jwks.json',
      'ca/root-cert.pem',
      'ca/ca-cert.pem',
      'ca/ca-key.pem',
      ...['ca-cert.pem', 'ca-key.pem', 'root-cert.pem', 'cert-chain.pem', 'create-secret.sh'].map(
        (name) => `cacerts/Kubernetes/${name}`,
      ),
      ...['csr.pem', 'cert-chain.pem', 'key.pem', 'root-cert.pem', 'token.jwt'].map(
        (name) => `pods/${pod.data.pod}/${name}`,
      ),
    ]);
    const secret = exported.files.filter((file) => file.secret).map(({ path }) => path.split('/').at(-1));
    expect(secret).toEqual(['ca-key.pem', 'ca-key.pem', 'key.pem']);
  });

  test('takes several files at once, in any order', async () => {
    const [namespace = '', rest = ''] = manifest.split('---\n');
    const files = [
      { name: 'sleep.yaml', text: rest },
      { name: 'namespace.yaml', text: namespace },
    ];
    expect(await new Page().ask({ type: 'open-mesh', files, settings: fast })).toMatchObject({
      type: 'opened',
    });
  });

  test('wrong YAML names file and line, and leaves the world as it was', async () => {
    const page = new Page();
    await page.ask({ type: 'open-mesh', files: [{ name: 'lab.yaml', text: manifest }], settings: fast });
    const count = page.entries.length;
    const files = [
      {
        name: 'good.yaml',
        text: 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, namespace: lab}\n',
      },
      { name: 'bad.yaml', text: 'apiVersion: v1\nkind: Pod\nmetadata: {name: X}\nspec: {}\n' },
    ];
    const failed = await page.ask({ type: 'apply', files });
    expect(failed).toMatchObject({ type: 'failed', error: { file: 'bad.yaml', fatal: false } });
    expect(failed.type === 'failed' && failed.error.line).toBeGreaterThan(1);
    expect(page.entries).toHaveLength(count);
    expect(await page.ask({ type: 'apply', files: files.slice(0, 1) })).toMatchObject({ type: 'done' });
    expect(page.entries.length).toBeGreaterThan(count);
  });

  test('has no steps', async () => {
    const page = new Page();
    await page.ask({ type: 'open-mesh', files: [{ name: 'lab.yaml', text: manifest }], settings: fast });
    expect(await page.ask({ type: 'rewind', step: 0 })).toMatchObject({
      type: 'failed',
      error: { rule: 'no-lesson' },
    });
  });
});

describe('time', () => {
  test('reports how far it is, and sends what happened on the way', async () => {
    const page = new Page();
    await page.openSmall();
    const from = page.reports.length;
    await page.ask({ type: 'advance', ms: 20 * 86_400_000 });
    const types = page.reports.slice(from).map(({ type }) => type);
    expect(types.filter((type) => type === 'progress').length).toBeGreaterThan(0);
    expect(types.indexOf('appended')).toBeLessThan(types.indexOf('progress'));
    expect(types.at(-1)).toBe('done');
  });

  test('stops where it is when something else is asked for', async () => {
    const page = new Page();
    await page.openSmall();
    const advance = page.ask({ type: 'advance', ms: 5_000 * 86_400_000 });
    const act = page.ask({ type: 'act', command: { type: 'restart', workload: 'shop/order' } });
    expect(await advance).toMatchObject({ type: 'done', aborted: true });
    expect(await act).toMatchObject({ type: 'done', aborted: false });
  });

  test('does not stop for what a step does, unless the step is given up', async () => {
    const page = new Page();
    await page.openSmall();
    const step = page.ask({ type: 'go-to-step', step: 2 });
    const check = page.ask({ type: 'act', command: { type: 'restart', workload: 'shop/order' } });
    expect(await step).toMatchObject({ type: 'stepped', mark: { step: 2, state: 'done' } });
    expect(await check).toMatchObject({ type: 'done' });
    const given = page.ask({ type: 'go-to-step', step: 3 });
    const closed = page.ask({ type: 'close' });
    await given;
    expect(await closed).toMatchObject({ type: 'done' });
    expect(await page.ask({ type: 'advance', ms: 1 })).toMatchObject({
      type: 'failed',
      error: { rule: 'not-open' },
    });
  });

  test.each([-1, NaN, Infinity, 1e15])('does not go by %d ms', async (ms) => {
    const page = new Page();
    await page.openSmall();
    expect(await page.ask({ type: 'advance', ms })).toMatchObject({
      type: 'failed',
      error: { fatal: false },
    });
  });
});

test.each([
  [{ type: 'go-to-step', step: 9 }, 'the lesson has no step 9'],
  [{ type: 'go-to-step', step: -1 }, 'the lesson has no step -1'],
  [{ type: 'go-to-step', step: 0.5 }, 'the lesson has no step 0.5'],
  [{ type: 'answer', step: 1, option: 7 }, 'step 1 has no option 7'],
  [{ type: 'rewind', step: 3 }, 'step 3 has not been run yet'],
  [{ type: 'act', command: { type: 'delete-pod', pod: 'shop/odrer' } }, 'no pod or workload "shop/odrer"'],
] as const)('%j is refused in words', async (body, message) => {
  const page = new Page();
  await page.openSmall();
  expect(await page.ask(body)).toMatchObject({ type: 'failed', error: { message, fatal: false } });
  expect(await page.ask({ type: 'go-to-step', step: 1 })).toMatchObject({ type: 'stepped' });
});

test('a world that breaks is reported once, and can be opened again', async () => {
  const page = new Page();
  const broken = await page.ask({
    type: 'open-mesh',
    files: [{ name: 'lab.yaml', text: manifest }],
    settings: { ...fast, trustDomain: 'NOT A DOMAIN' },
  });
  if (broken.type === 'opened') {
    expect(await page.ask({ type: 'advance', ms: 10_000 })).toMatchObject({
      type: 'failed',
      error: { fatal: true },
    });
  } else {
    expect(broken).toMatchObject({ type: 'failed', error: { rule: 'internal', fatal: true } });
  }
  expect(await page.openSmall()).toMatchObject({ type: 'opened' });
});

test('a lesson can be rewound twice, each time further back', async () => {
  const page = new Page();
  await page.openSmall();
  await page.ask({ type: 'go-to-step', step: 2 });
  for (const step of [2, 0]) {
    expect(await page.ask({ type: 'rewind', step })).toMatchObject({ type: 'stepped', mark: { step } });
  }
  expect(await page.ask({ type: 'go-to-step', step: 2 })).toMatchObject({ type: 'stepped' });
});

const step = fc.nat({ max: 3 });
const anyRequest: fc.Arbitrary<Body> = fc.oneof(
  step.map((step) => ({ type: 'go-to-step', step }) as const),
  step.map((step) => ({ type: 'answer', step, option: 0 }) as const),
  step.map((step) => ({ type: 'rewind', step }) as const),
  fc.constant({ type: 'check-goal', step: 3 } as const),
  fc.constant({ type: 'solve', step: 3 } as const),
  fc.nat({ max: 3 * 86_400_000 }).map((ms) => ({ type: 'advance', ms }) as const),
  fc.constantFrom('stop-istiod', 'start-istiod').map((type) => ({ type: 'act', command: { type } }) as const),
  fc.constant({ type: 'act', command: { type: 'restart', workload: 'shop/order' } } as const),
  fc.constant({
    type: 'act',
    command: { type: 'advance-to', moment: 'renewal', pod: 'shop/order', offsetMs: 0 },
  } as const),
);

test('whatever is asked, at once or one by one, each request gets one answer and the trace stays whole', async () => {
  const requests = fc.array(fc.tuple(anyRequest, fc.boolean()), { minLength: 3, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(requests, async (list) => {
      const page = new Page();
      const answers = [page.openSmall()];
      for (const [body, wait] of list) {
        const answer = page.ask(body);
        answers.push(answer);
        if (wait) await answer;
      }
      const all = await Promise.all(answers);
      expect(all.map(({ id }) => id)).toEqual(all.map((_, index) => index + 1));
      for (const answer of all) if (answer.type === 'failed') expect(answer.error.fatal).toBe(false);
      const answered = page.reports.filter((report) => 'id' in report && report.type !== 'progress');
      expect(answered.filter((report) => 'id' in report && report.id !== null)).toHaveLength(all.length);
    }),
    { numRuns: 12 },
  );
});
