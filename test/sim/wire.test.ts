import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createActor, setup } from 'xstate';
import {
  randomStreams,
  VirtualClock,
  Wire,
  type Fault,
  type Latency,
  type LinkMatch,
} from '../../src/sim/index.ts';

const utf8 = new TextEncoder();
const text = new TextDecoder();

function world(latency: Latency = { baseMs: 10, jitterMs: 0 }, seed = 1) {
  const clock = new VirtualClock();
  const log: string[] = [];
  const wire = new Wire<{ artefact: string } | null>({
    clock,
    latency,
    random: randomStreams(seed),
    onSent: ({ id, dueAtMs }) => log.push(`${clock.now()} sent ${id}, due ${dueAtMs}`),
    onDelivered: ({ id }) => log.push(`${clock.now()} delivered ${id}`),
    onDropped: ({ id }, reason) => log.push(`${clock.now()} dropped ${id}: ${reason}`),
  });
  const send = (from: string, to: string, body = 'hello') =>
    wire.send({ from, to, protocol: 'test', label: 'greeting', payload: utf8.encode(body), meta: null });
  const received: string[] = [];
  const listen = (address: string) =>
    wire.attach(address, ({ payload }) => received.push(`${clock.now()} ${address} ${text.decode(payload)}`));
  return { clock, wire, log, send, received, listen };
}

describe('a message', () => {
  test('arrives after its link’s latency, with everything it was sent with', () => {
    const { clock, wire, log } = world();
    const got: unknown[] = [];
    wire.attach('order', (message) => got.push(message));
    const payload = utf8.encode('hello');
    const id = wire.send({
      from: 'frontend',
      to: 'order',
      protocol: 'http',
      label: 'GET /',
      payload,
      meta: { artefact: 'http:1' },
    });
    expect([id, wire.inFlight]).toEqual(['message:1', 1]);
    clock.advanceTo(20);
    expect(got).toEqual([
      {
        id: 'message:1',
        from: 'frontend',
        to: 'order',
        arrivesAt: 'order',
        protocol: 'http',
        label: 'GET /',
        payload,
        meta: { artefact: 'http:1' },
        sentAtMs: 0,
        dueAtMs: 10,
      },
    ]);
    expect(log).toEqual(['0 sent message:1, due 10', '10 delivered message:1']);
    expect(wire.inFlight).toBe(0);
  });

  test('outlives its sender', () => {
    const { clock, wire, received, listen } = world();
    listen('order');
    const send = () => {
      wire.send({
        from: 'frontend',
        to: 'order',
        protocol: 'test',
        label: 'last words',
        payload: utf8.encode('bye'),
        meta: null,
      });
    };
    const child = setup({ actions: { send } }).createMachine({ entry: 'send' });
    const parent = setup({ actors: { child } }).createMachine({
      initial: 'alive',
      states: { alive: { invoke: { src: 'child' }, after: { 5: 'bereaved' } }, bereaved: {} },
    });
    const actor = createActor(parent, { clock }).start();
    clock.advanceTo(5);
    expect(actor.getSnapshot().children).toEqual({});
    expect(received).toEqual([]);
    clock.advanceTo(20);
    expect(received).toEqual(['10 order bye']);
  });

  test('to an address where nobody is attached when it arrives is dropped then', () => {
    const { clock, log, send, received, listen } = world();
    const detach = listen('order');
    send('frontend', 'order');
    clock.advanceTo(5);
    detach();
    clock.advanceTo(20);
    expect(log.at(-1)).toBe('10 dropped message:1: no-receiver');
    send('frontend', 'order');
    listen('order');
    clock.advanceTo(40);
    expect(received).toEqual(['30 order hello']);
  });

  test('goes to whoever holds the address when it arrives', () => {
    const { clock, wire, send } = world();
    const got: string[] = [];
    wire.attach('10.0.0.7', () => got.push('old owner'));
    send('frontend', '10.0.0.7');
    wire.detach('10.0.0.7');
    wire.attach('10.0.0.7', () => got.push('new owner'));
    clock.advanceTo(20);
    expect(got).toEqual(['new owner']);
  });

  test('may be sent from within a delivery', () => {
    const { clock, wire, send, received, listen } = world();
    wire.attach('order', ({ from }) => void send('order', from, 'reply'));
    listen('frontend');
    send('frontend', 'order');
    clock.advanceTo(20);
    expect(received).toEqual(['20 frontend reply']);
  });
});

test('an address is attached once at a time; a stale detach does not evict its successor', () => {
  const { wire, listen } = world();
  const detach = listen('order');
  expect(() => listen('order')).toThrow('address order is attached already');
  wire.detach('order');
  listen('order');
  detach();
  expect(() => listen('order')).toThrow('address order is attached already');
});

describe('latency', () => {
  const dueTimes = (seed: number, others: readonly string[] = []) => {
    const { clock, wire, send } = world({ baseMs: 10, jitterMs: 20 }, seed);
    const due: number[] = [];
    wire.attach('order', ({ from }) => from === 'frontend' && due.push(clock.now()));
    for (let atMs = 0; atMs < 1000; atMs += 50) {
      clock.advanceTo(atMs);
      send('frontend', 'order');
      for (const other of others) send(other, 'order');
    }
    clock.advanceTo(2000);
    return due.map((dueMs, i) => dueMs - 50 * i);
  };

  test('is drawn between base and base + jitter, from the seed', () => {
    const drawn = dueTimes(1);
    expect(drawn).toEqual(dueTimes(1));
    expect(drawn).not.toEqual(dueTimes(2));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(30);
    expect(new Set(drawn).size).toBeGreaterThan(5);
  });

  test('of a link does not depend on other links', () => {
    expect(dueTimes(1, ['inventory', 'payment'])).toEqual(dueTimes(1));
  });

  test('never lets a message overtake another of its link', () => {
    const sending = fc.record({
      waitMs: fc.nat(15),
      from: fc.constantFrom('a', 'b'),
      to: fc.constantFrom('c', 'd'),
      delayMs: fc.option(fc.nat(100)),
    });
    fc.assert(
      fc.property(fc.array(sending, { maxLength: 40 }), fc.nat(), (sendings, seed) => {
        const { clock, wire, send } = world({ baseMs: 5, jitterMs: 50 }, seed);
        const arrived = new Map<string, number[]>();
        for (const address of ['c', 'd']) {
          wire.attach(address, ({ id, from, to }) => {
            const link = `${from}>${to}`;
            arrived.set(link, [...(arrived.get(link) ?? []), Number(id.split(':')[1])]);
          });
        }
        for (const { waitMs, from, to, delayMs } of sendings) {
          clock.advanceTo(clock.now() + waitMs);
          const heal = wire.setFault({ from, to }, delayMs === null ? {} : { delayMs });
          send(from, to);
          heal();
        }
        clock.advanceTo(clock.now() + 10_000);
        expect([...arrived.values()].flat().length).toBe(sendings.length);
        for (const ids of arrived.values()) expect(ids).toEqual(ids.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe('a fault', () => {
  const cases: [string, LinkMatch, Fault, string[], string | undefined][] = [
    [
      'drop',
      { from: 'frontend', to: 'order' },
      { drop: true },
      ['10 db hello'],
      '10 dropped message:1: dropped',
    ],
    ['delay', { to: 'order' }, { delayMs: 30 }, ['10 db hello', '40 order hello'], undefined],
    [
      'tamper',
      { to: 'order' },
      { tamper: (bytes) => bytes.fill(33, 0, 1) },
      ['10 order !ello', '10 db hello'],
      undefined,
    ],
    ['redirect', { to: 'order' }, { redirect: 'mallory' }, ['10 mallory hello', '10 db hello'], undefined],
    ['partition', { from: 'order' }, { partition: true }, ['10 db hello'], '10 dropped message:1: partition'],
    [
      'by a question',
      ({ to }) => to.startsWith('o'),
      { drop: true },
      ['10 db hello'],
      '10 dropped message:1: dropped',
    ],
    ['on everything', {}, { drop: true }, [], '10 dropped message:1: dropped'],
  ];

  test.each(cases)('%s concerns its link alone', (_, match, fault, expected, dropped) => {
    const { clock, wire, log, send, received, listen } = world();
    for (const address of ['order', 'db', 'mallory']) listen(address);
    wire.setFault(match, fault);
    send('frontend', 'order');
    send('frontend', 'db');
    clock.advanceTo(100);
    expect(received).toEqual(expected);
    expect(log.find((line) => line.includes('dropped'))).toBe(dropped);
  });

  test('adds up with others on the same link', () => {
    const { clock, wire, send, received, listen } = world();
    listen('order');
    wire.setFault({ to: 'order' }, { delayMs: 5, tamper: (bytes) => bytes.fill(33, 0, 1) });
    wire.setFault({ from: 'frontend' }, { delayMs: 7, tamper: (bytes) => bytes.fill(63, 1, 2) });
    send('frontend', 'order');
    clock.advanceTo(100);
    expect(received).toEqual(['22 order !?llo']);
  });

  test('heals alone or with all others', () => {
    const { clock, wire, send, received, listen } = world();
    listen('order');
    const heal = wire.setFault({ to: 'order' }, { drop: true });
    wire.setFault({ to: 'order' }, { delayMs: 5 });
    heal();
    send('frontend', 'order', 'slow');
    clock.advanceTo(50);
    wire.heal();
    send('frontend', 'order', 'fast');
    clock.advanceTo(100);
    expect(received).toEqual(['15 order slow', '60 order fast']);
  });

  test('of tampering leaves the sender’s bytes as they were', () => {
    const { clock, wire, listen } = world();
    listen('order');
    wire.setFault({}, { tamper: (bytes) => bytes.fill(0) });
    const payload = utf8.encode('hello');
    wire.send({ from: 'frontend', to: 'order', protocol: 'test', label: '', payload, meta: null });
    clock.advanceTo(20);
    expect(text.decode(payload)).toBe('hello');
  });

  test('of partition cuts both directions and what is on the way, until it is over', () => {
    const { clock, wire, log, send, received, listen } = world();
    listen('order');
    listen('frontend');
    send('frontend', 'order', 'on the way');
    clock.advanceTo(5);
    const heal = wire.setFault({ from: 'frontend', to: 'order' }, { partition: true });
    send('order', 'frontend', 'back');
    clock.advanceTo(18);
    expect(log.filter((line) => line.includes('partition')).length).toBe(2);
    send('frontend', 'order', 'just in time');
    clock.advanceTo(20);
    heal();
    clock.advanceTo(50);
    expect(received).toEqual(['28 order just in time']);
  });
});
