import { beforeEach, expect, it } from 'vitest';
import { SimulationClient, type News } from '../../src/ui/worker/client.ts';
import { FakeLine } from './support/fake-line.ts';

let lines: FakeLine[];
let news: News[];
let client: SimulationClient;

beforeEach(() => {
  lines = [];
  news = [];
  client = new SimulationClient(
    (heard) => news.push(heard),
    () => {
      const line = new FakeLine();
      lines.push(line);
      return line;
    },
  );
});

const first = () => lines[0] ?? new FakeLine();

it('starts no thread before something is asked of it', () => {
  expect(lines).toEqual([]);
});

it('answers each request with the report that names it, in whatever order they come', async () => {
  const [a, b] = [client.ask({ type: 'advance', ms: 1 }), client.ask({ type: 'advance', ms: 2 })];
  await first().report({ type: 'done', id: 2, atMs: 2, aborted: false });
  await first().report({ type: 'done', id: 1, atMs: 1, aborted: true });
  expect([await a, await b]).toMatchObject([{ atMs: 1 }, { atMs: 2 }]);
  expect(lines).toHaveLength(1);
});

it('passes on what arrives in between', async () => {
  void client.ask({ type: 'advance', ms: 1 });
  await first().report({ type: 'progress', id: 1, atMs: 5, targetMs: 10 });
  await first().report({ type: 'appended', entries: [], artefacts: [] });
  expect(news.map(({ type }) => type)).toEqual(['progress', 'appended']);
});

it('passes on why a step could not be run, which answers no request', async () => {
  const error = { message: 'not ready after 10m', fatal: false };
  void client.ask({ type: 'go-to-step', step: 1 });
  await first().report({ type: 'failed', id: null, error, errors: [error] });
  expect(news).toMatchObject([{ type: 'failed', error }]);
});

it('answers everything that is open when the thread dies, and starts another for the next request', async () => {
  const [a, b] = [client.ask({ type: 'advance', ms: 1 }), client.ask({ type: 'advance', ms: 2 })];
  first().crash('out of memory');
  const error = { rule: 'crash', message: 'out of memory', fatal: true };
  expect([await a, await b]).toMatchObject([
    { type: 'failed', id: 1, error },
    { type: 'failed', id: 2, error },
  ]);
  expect(first().terminated).toBe(true);
  void client.ask({ type: 'advance', ms: 3 });
  expect(lines).toHaveLength(2);
});

it('says so when the thread dies while nothing was asked', () => {
  const crashes: string[] = [];
  client.onCrash = ({ message }) => crashes.push(message);
  void client.ask({ type: 'advance', ms: 1 });
  void first().report({ type: 'done', id: 1, atMs: 1, aborted: false });
  first().crash('');
  expect(crashes).toEqual(['the simulation could not be started']);
});

it('ends the thread when a session says that it cannot go on', async () => {
  const error = { message: 'the simulation stopped: …', fatal: true };
  const answer = client.ask({ type: 'advance', ms: 1 });
  await first().report({ type: 'failed', id: 1, error, errors: [error] });
  expect(await answer).toMatchObject({ type: 'failed', error });
  expect(first().terminated).toBe(true);
});
