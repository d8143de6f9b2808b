import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Player } from '../../src/ui/player/player.svelte.ts';
import { artefact, entriesOf, scheduled } from './support/entries.ts';
import { Frames } from './support/frames.ts';

const times = [0, 0, 10, 20, 3_600_000];
let frames: Frames;
let player: Player;

beforeEach(() => {
  frames = new Frames();
  player = new Player();
  player.append(entriesOf(times.map((atMs) => [atMs, 'istiod.started', { reason: '' }])), []);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the cursor', () => {
  it('shows nothing at first', () => {
    expect(player.cursor).toBe(0);
    expect(player.atMs).toBe(0);
  });

  it('goes to an entry and its time, and no further than there are entries', () => {
    player.seek(4);
    expect([player.cursor, player.atMs]).toEqual([4, 20]);
    player.seek(99);
    expect([player.cursor, player.atMs]).toEqual([5, 3_600_000]);
    player.seek(-1);
    expect([player.cursor, player.atMs]).toEqual([0, 0]);
  });

  it('goes to a time, with everything that happened up to then', () => {
    player.seekTime(0);
    expect(player.cursor).toBe(2);
    player.seekTime(15);
    expect([player.cursor, player.atMs]).toEqual([3, 15]);
  });

  it('goes to the time of the world, which may be later than the last entry', () => {
    player.trace.reachTime(7_200_000);
    player.toHead();
    expect([player.cursor, player.atMs, player.atHead]).toEqual([5, 7_200_000, true]);
  });

  it('falls back with the trace, and forgets what no longer exists', () => {
    player.append([], [artefact('certificate:1', null)]);
    player.select({ type: 'artefact', id: 'certificate:1' });
    player.toHead();
    player.cut(3, ['certificate:1']);
    expect([player.cursor, player.atMs, player.trace.headMs]).toEqual([3, 10, 10]);
    expect(player.selected).toBeNull();
    expect(player.artefacts.size).toBe(0);
  });
});

describe('playing a stretch', () => {
  const span = { beforeSeq: 2, afterSeq: 4, atMs: 0, untilMs: 20 };

  it('shows one thing after another, and then says so', () => {
    const shown = vi.fn();
    player.playSpan(span, shown);
    expect([player.cursor, player.playing]).toEqual([2, true]);
    frames.pass(600);
    expect(player.cursor).toBe(3);
    expect(shown).not.toHaveBeenCalled();
    frames.pass(2_000);
    expect([player.cursor, player.atMs, player.playing]).toEqual([4, 20, false]);
    expect(shown).toHaveBeenCalledOnce();
    expect(frames.idle).toBe(true);
  });

  it('goes at the speed that was chosen', () => {
    player.speed = 3_600;
    player.playSpan({ beforeSeq: 4, afterSeq: 5, atMs: 20, untilMs: 3_600_000 });
    frames.pass(500);
    expect(player.atMs).toBeGreaterThan(1_500_000);
    expect(player.atMs).toBeLessThan(1_900_000);
    frames.pass(600);
    expect([player.cursor, player.playing]).toEqual([5, false]);
  });

  it('stops where the reader stops it', () => {
    const shown = vi.fn();
    player.playSpan(span, shown);
    frames.pass(100);
    player.seek(1);
    frames.pass(5_000);
    expect([player.cursor, player.playing]).toEqual([1, false]);
    expect(shown).not.toHaveBeenCalled();
  });

  it('is a single step where motion is not wanted', () => {
    frames = new Frames({ reducedMotion: true });
    const shown = vi.fn();
    player.playSpan(span, shown);
    expect([player.cursor, player.atMs, player.playing]).toEqual([4, 20, false]);
    expect(shown).toHaveBeenCalledOnce();
  });
});

describe('playing on', () => {
  it('ends at the head', () => {
    player.seek(2);
    player.play();
    frames.pass(10_000);
    expect([player.atHead, player.playing]).toEqual([true, false]);
  });

  it('asks the world to go on before its time runs out, and waits for it at the head', () => {
    const asked: number[] = [];
    player.goOn = (ms) => asked.push(ms);
    player.speed = 600;
    player.toHead();
    player.play();
    frames.pass(500);
    expect(asked[0]).toBe(300_000);
    expect([player.atMs, player.playing]).toEqual([3_600_000, true]);
    player.trace.reachTime(3_900_000);
    frames.pass(160);
    expect(player.atMs).toBeGreaterThan(3_600_000);
  });
});

describe('pointing', () => {
  it('lights up what the step is about, and what is pointed at', () => {
    player.focusOn([{ type: 'pod', pod: 'shop/order-1' }]);
    player.hover({ type: 'actor', actor: 'istiod' });
    expect(player.isHighlighted({ type: 'pod', pod: 'shop/order-1' })).toBe(true);
    expect(player.isHighlighted({ type: 'actor', actor: 'istiod' })).toBe(true);
    player.hover(null);
    expect(player.isHighlighted({ type: 'actor', actor: 'istiod' })).toBe(false);
  });

  it('tells what the reader asked to see from what is merely suggested', () => {
    player.suggest({ type: 'entry', seq: 1 });
    expect(player.askedFor).toBe(0);
    player.select({ type: 'entry', seq: 1 });
    expect(player.askedFor).toBe(1);
    expect(player.isSelected({ type: 'entry', seq: 1 })).toBe(true);
  });
});

it('gives colours in the order in which identities come up, not in which they are looked at', () => {
  const pods = entriesOf([
    [0, 'world.started', { epochMs: 0, trustDomain: 'example.org', seed: 1, cluster: 'seoul' }],
    [0, 'pod.scheduled', scheduled('shop/order-1', 'order', 'order')],
    [0, 'pod.scheduled', scheduled('shop/orders-1', 'orders', 'orders')],
  ]);
  const another = new Player();
  another.append(pods, []);
  expect(another.palette.of('spiffe://example.org/ns/shop/sa/orders').glyph).toBe('Or');
  expect(another.palette.of('spiffe://example.org/ns/shop/sa/order').glyph).toBe('O');
});

it('two players on one trace stand at two moments', () => {
  const other = new Player(player.trace);
  other.seek(1);
  player.seek(4);
  expect([other.cursor, player.cursor]).toEqual([1, 4]);
  expect(other.entries).toBe(player.entries);
});

it('a handshake that a step opened closes with the step, one that the reader opened stays', () => {
  const ladder = (connection: string) => ({ type: 'handshake', connection }) as const;
  player.view.offer(ladder('connection:1'));
  expect(player.view.handshake).toBe('connection:1');
  player.view.offer(null);
  expect(player.view.handshake).toBeNull();
  player.select(ladder('connection:2'));
  player.view.offer(null);
  expect(player.view.handshake).toBe('connection:2');
  expect(player.selected).toBeNull();
});
