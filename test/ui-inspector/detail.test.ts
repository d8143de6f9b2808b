import { beforeAll, describe, expect, test } from 'vitest';
import type { Mesh } from '../../src/mesh/index.ts';
import {
  certificateAt,
  certificatesOfPod,
  certificatesUpTo,
} from '../../src/projection/detail/certificates.ts';
import { connectionsBetween } from '../../src/projection/detail/connections.ts';
import { latestMessages, messageAt } from '../../src/projection/detail/messages.ts';
import { compareMoments } from '../../src/projection/detail/moments.ts';
import { podAt } from '../../src/projection/detail/pod.ts';
import { TraceIndex } from '../../src/projection/detail/trace-index.ts';
import { project } from '../../src/projection/fold.ts';
import { stageFold } from '../../src/projection/stage.ts';
import type { Entry, EntryKind, EntryOf } from '../../src/trace/index.ts';
import { guessPair } from '../../src/ui/inspector/choices.ts';
import { hourMs, shop, start } from '../mesh/support/shop.ts';

let mesh: Mesh;
let entries: readonly Entry[];
let order: string;
let frontend: string;

beforeAll(async () => {
  mesh = await start(shop);
  await mesh.driver.advanceTo(hourMs / 60);
  mesh.do({ type: 'request', from: 'shop/frontend', to: 'shop/order', count: 2 });
  await mesh.driver.advanceTo(14 * hourMs);
  order = podOf('order');
  frontend = podOf('frontend');
  mesh.do({ type: 'delete-pod', pod: order });
  await mesh.driver.advanceTo(15 * hourMs);
  ({ entries } = mesh.trace);
  mesh.stop();
});

function podOf(workload: string): string {
  const scheduled = mesh.trace.entries.find(
    (entry) => entry.kind === 'pod.scheduled' && entry.data.workload === workload,
  );
  return scheduled?.kind === 'pod.scheduled' ? scheduled.data.pod : '';
}

function first<K extends EntryKind>(kind: K): EntryOf<K> {
  const found = entries.find((entry): entry is EntryOf<K> => entry.kind === kind);
  if (!found) throw new Error(`no ${kind} in the run`);
  return found;
}

describe('the index of a trace', () => {
  test('knows at every moment exactly what has been said by then', () => {
    const index = new TraceIndex(entries);
    index.update();
    const { artefact } = first('certificate.issued').data;
    const places = entries.flatMap((entry, place) =>
      Object.values(entry.data).includes(artefact) ? [place] : [],
    );
    for (let cursor = 0; cursor <= entries.length; cursor += 7) {
      expect(index.about(`artefact:${artefact}`, cursor)).toEqual(places.filter((place) => place < cursor));
    }
    expect(index.first(`artefact:${artefact}`)).toBe(places[0]);
  });

  test('grows with the trace, and forgets what was cut away', () => {
    const growing = entries.slice(0, 40);
    const index = new TraceIndex(growing);
    index.update();
    growing.push(...entries.slice(40));
    index.update();
    const whole = index.about('kind:message.sent', Infinity);
    expect(whole).toHaveLength(entries.filter(({ kind }) => kind === 'message.sent').length);

    growing.length = 30;
    growing.push(first('world.started'));
    index.update();
    expect(index.about('kind:message.sent', Infinity).every((place) => place < 30)).toBe(true);
    expect(index.about('kind:world.started', Infinity)).toEqual([0, 30]);
  });
});

describe('certificates', () => {
  test('are not known before they are signed, and are numbered by their pod', () => {
    const issued = first('certificate.issued');
    expect(certificateAt(entries, issued.seq, issued.data.artefact)).toBeNull();
    expect(certificateAt(entries, issued.seq + 1, issued.data.artefact)?.generation).toBeNull();
    expect(certificateAt(entries, entries.length, issued.data.artefact)?.generation).toBe(1);
  });

  test('carry the time at which their own renewal was planned', () => {
    const [before, after] = certificatesOfPod(entries, entries.length, order);
    const planned = entries.filter(
      (entry): entry is EntryOf<'rotation.scheduled'> =>
        entry.kind === 'rotation.scheduled' && entry.data.pod === order,
    );
    expect(before?.dueAtMs).toBe(planned[0]?.data.dueAtMs);
    expect(after?.dueAtMs).toBe(planned[1]?.data.dueAtMs);
  });

  test('of the whole run begin with the root', () => {
    const all = certificatesUpTo(entries, entries.length);
    expect(all[0]).toMatchObject({ isRoot: true, pod: null, name: 'O=cluster.local' });
    expect(all.slice(1).every(({ name }) => name.startsWith('spiffe://'))).toBe(true);
  });

  test('worth comparing are those before and after a renewal', () => {
    const [before, after] = certificatesOfPod(entries, entries.length, order);
    const artefacts = new Map([...mesh.artefacts.all()].map((artefact) => [artefact.id, artefact]));
    const given = after?.artefact ?? null;
    expect(guessPair(artefacts, entries, 'certificate', given)).toEqual([before?.artefact, after?.artefact]);
  });
});

test('a message travels, and then has arrived', () => {
  const { seq, data } = first('message.sent');
  expect(messageAt(entries, seq, data.message)).toBeNull();
  expect(messageAt(entries, seq + 1, data.message)).toMatchObject({ state: 'travelling', endedAtMs: null });
  expect(messageAt(entries, entries.length, data.message)).toMatchObject({ state: 'delivered' });
});

test('the latest messages of a pod are its own, newest first', () => {
  const latest = latestMessages(entries, entries.length, `pod:${frontend}`, 5);
  expect(latest).toHaveLength(5);
  expect(latest.map(({ seq }) => seq)).toEqual(latest.map(({ seq }) => seq).sort((a, b) => b - a));
  expect(latest.every(({ from, to }) => from.endsWith(frontend) || to.endsWith(frontend))).toBe(true);
});

test('a connection tells who spoke, what was decided and what was answered', () => {
  const [latest] = connectionsBetween(entries, entries.length, frontend, order);
  expect(latest).toMatchObject({ state: 'closed', opened: { security: 'mtls' }, refused: null });
  expect(latest?.answers.map(({ data }) => data.outcome)).toEqual(['allowed']);
});

test('a pod is known long after it is gone, and unknown before it came', () => {
  const scheduled = entries.findIndex((entry) => entry.kind === 'pod.scheduled' && entry.data.pod === order);
  expect(podAt(entries, scheduled, order)).toBeNull();
  expect(podAt(entries, entries.length, order)).toMatchObject({ phase: 'deleted' });
});

test('two moments differ in the pods that came, went and renewed', () => {
  const at = (cursor: number, atMs = entries[cursor - 1]?.atMs ?? 0) => ({
    state: project(stageFold, entries, cursor),
    atMs,
  });
  const birth = entries.findLastIndex(({ kind, atMs }) => kind === 'pod.ready' && atMs < hourMs) + 1;
  const rows = compareMoments(at(birth), at(entries.length, 15 * hourMs));
  expect(rows.find(({ pod }) => pod === order)?.b).toBeNull();
  expect(rows.find(({ pod }) => pod === frontend)?.different).toContain('envoyCertificate');
  expect(compareMoments(at(birth), at(birth)).every(({ different }) => different.length === 0)).toBe(true);
});
