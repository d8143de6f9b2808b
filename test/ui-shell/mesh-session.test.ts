import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { defaultSettings } from '../../src/mesh/settings.ts';
import { recallMesh, rememberMesh, type Move } from '../../src/ui/mesh/memory.ts';
import { MeshSession } from '../../src/ui/mesh/mesh-session.svelte.ts';
import { FakeLine, settled } from './support/fake-line.ts';
import { Frames } from './support/frames.ts';
import { stubStorage } from './support/storage.ts';

const file = { name: 'mesh.yaml', text: 'kind: Pod' };
let line: FakeLine;

beforeEach(() => {
  stubStorage();
  new Frames({ reducedMotion: true });
  line = new FakeLine();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const newSession = () => new MeshSession(() => line);

async function opened(): Promise<void> {
  await line.report({
    type: 'opened',
    id: line.last.id,
    lesson: null,
    settings: defaultSettings,
    epochMs: 1,
    seed: 1,
    marks: [],
    expectations: [],
  });
}

async function done(atMs: number): Promise<void> {
  await line.report({ type: 'done', id: line.last.id, atMs, aborted: false });
}

async function running(): Promise<MeshSession> {
  const session = newSession();
  session.add([file]);
  void session.start();
  await opened();
  await done(10_000);
  return session;
}

it('starts the files, and gives the pods time to get their certificates', async () => {
  const session = await running();
  expect(line.requests.map(({ type }) => type)).toEqual(['open-mesh', 'advance']);
  expect([session.running, session.changed]).toEqual([true, false]);
});

it('keeps the text and what runs when changed files are refused', async () => {
  const session = await running();
  session.edit(0, { text: 'kind: [' });
  void session.apply();
  const error = { message: 'flow sequence is not closed', file: file.name, line: 1, fatal: false };
  await line.report({ type: 'failed', id: line.last.id, error, errors: [error] });
  expect(session.files[0]?.text).toBe('kind: [');
  expect(session.errorsOf(file.name)).toEqual([error]);
  expect([session.running, session.changed]).toEqual([true, true]);
});

it('does after a reload what was done before it, in the same order', async () => {
  const before = await running();
  void before.world.act({ type: 'restart', workload: 'shop/order' });
  await done(10_050);
  void before.world.act({ type: 'advance-to', moment: 'renewal', pod: 'shop/order', offsetMs: 0 });
  await done(43_000_000);

  line = new FakeLine();
  const session = newSession();
  void session.restore();
  await opened();
  for (const atMs of [10_000, 10_050, 43_000_000]) await done(atMs);
  expect(line.requests).toMatchObject([
    { type: 'open-mesh', files: [file] },
    { type: 'advance', ms: 10_000 },
    { type: 'act', command: { type: 'restart', workload: 'shop/order' } },
    { type: 'advance', ms: 43_000_000 - 10_050 },
  ]);
  expect([session.running, session.restoring]).toEqual([true, false]);
  await settled();
  expect(session.world.player.atMs).toBe(43_000_000);
});

it('starts after a reload with the files of the beginning, and applies the later ones when they were applied', async () => {
  const later = { ...file, text: 'kind: Service' };
  const before = await running();
  before.edit(0, later);
  void before.apply();
  await done(10_000);
  await done(20_000);
  expect(before.changed).toBe(false);

  line = new FakeLine();
  const session = newSession();
  void session.restore();
  await opened();
  for (const atMs of [10_000, 10_000, 20_000]) await done(atMs);
  expect(line.requests).toMatchObject([
    { type: 'open-mesh', files: [file] },
    { type: 'advance' },
    { type: 'apply', files: [later] },
    { type: 'advance' },
  ]);
  expect(session.changed).toBe(false);
});

it('starts nothing after a reload when nothing ran', async () => {
  newSession().add([file]);
  const session = newSession();
  await session.restore();
  expect(session.files).toEqual([file]);
  expect(line.requests).toEqual([]);
});

it('gives a file a name of its own', () => {
  const session = newSession();
  session.add([file, file, { name: 'notes', text: '' }]);
  session.add([file]);
  expect(session.files.map(({ name }) => name)).toEqual(['mesh.yaml', 'mesh-2.yaml', 'notes', 'mesh-3.yaml']);
  expect(session.current).toBe(3);
});

it('joins stretches of time, since only their end counts', () => {
  const moves: Move[] = [
    { type: 'advance', toMs: 1 },
    { type: 'advance', toMs: 2 },
    { type: 'act', command: { type: 'stop-istiod' } },
    { type: 'advance', toMs: 3 },
  ];
  rememberMesh({ files: [file], started: [file], moves });
  expect(recallMesh().moves).toEqual(moves.slice(1));
});

it('forgets what was done rather than the files when it becomes too much', () => {
  const moves = Array.from({ length: 301 }, (): Move => ({ type: 'act', command: { type: 'stop-istiod' } }));
  rememberMesh({ files: [file], started: [file], moves });
  expect(recallMesh()).toEqual({ files: [file], started: [file], moves: [] });
  const later = { ...file, text: 'kind: Service' };
  rememberMesh({ files: [file], started: [file], moves: [...moves, { type: 'apply', files: [later] }] });
  expect(recallMesh()).toEqual({ files: [file], started: [later], moves: [] });
});

it.each(['null', '[]', '{"files":[{"name":1}],"started":"x","moves":{}}', 'not JSON'])(
  'survives whatever is stored: %s',
  (text) => {
    stubStorage().set('svidlab:mesh', text);
    expect(recallMesh()).toEqual({ files: [], started: null, moves: [] });
  },
);
