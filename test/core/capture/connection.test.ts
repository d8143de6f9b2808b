import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CaptureEvent, TcpConversation, tcpFrames } from '../../../src/core/capture/index.ts';
import { macOf, parseIp } from '../../../src/core/capture/address.ts';
import { readFrame } from './tcp.ts';

const client = { ip: '10.244.1.3', port: 40_112 };
const server = { ip: '10.244.2.9', port: 15_006 };
const openedAtUs = 1_772_442_000_000_000;

const framesOf = (events: readonly CaptureEvent[]) =>
  tcpFrames({ client, server, openedAtUs, events }).map(({ bytes }) => readFrame(bytes));

const data = (from: 'client' | 'server', length: number): CaptureEvent => ({
  kind: 'data',
  atUs: openedAtUs + 5,
  from,
  bytes: Uint8Array.from({ length }, (_, i) => i & 255),
});

describe('a connection in a capture', () => {
  it('opens, carries data and closes as RFC 9293 has it', () => {
    const frames = framesOf([
      data('client', 3),
      data('server', 1461),
      { kind: 'fin', atUs: openedAtUs + 9, from: 'client' },
      { kind: 'fin', atUs: openedAtUs + 9, from: 'server' },
    ]);
    const first = { client: frames[0]!.sequence, server: frames[1]!.sequence };
    const told = frames.map(({ from, flags, sequence, acknowledgement, payload }) => {
      const [mine, theirs] =
        from === '10.244.1.3:40112' ? [first.client, first.server] : [first.server, first.client];
      const ack = flags.includes('ack') ? ` ack ${acknowledgement - theirs}` : '';
      return `${from === '10.244.1.3:40112' ? 'client' : 'server'} ${flags} ${sequence - mine}${ack} +${payload.length}`;
    });
    expect(told).toEqual([
      'client syn 0 +0',
      'server syn ack 0 ack 1 +0',
      'client ack 1 ack 1 +0',
      'client psh ack 1 ack 1 +3',
      'server ack 1 ack 4 +0',
      'server ack 1 ack 4 +1460',
      'server psh ack 1461 ack 4 +1',
      'client ack 4 ack 1462 +0',
      'client fin ack 4 ack 1462 +0',
      'server ack 1462 ack 5 +0',
      'server fin ack 1462 ack 5 +0',
      'client ack 5 ack 1463 +0',
    ]);
    expect(frames[0]).toMatchObject({ options: '020405b4', window: 65_535 });
  });

  it('is cut off by a reset', () => {
    const last = framesOf([data('client', 1), { kind: 'reset', atUs: openedAtUs + 6, from: 'server' }]).at(
      -1,
    );
    expect(last).toMatchObject({ from: '10.244.2.9:15006', flags: 'rst ack', window: 0 });
  });

  it('has the times that were given', () => {
    const frames = tcpFrames({ client, server, openedAtUs, events: [data('server', 1)] });
    expect(frames.map(({ atUs }) => atUs - openedAtUs)).toEqual([0, 0, 0, 5, 5]);
  });

  it('is the same when it is captured while it goes on', () => {
    const events = [data('client', 5000), data('server', 1)];
    const conversation = new TcpConversation(client, server, openedAtUs);
    const frames = [conversation.open(openedAtUs), ...events.map((event) => conversation.take(event))];
    expect(frames.flat()).toEqual(tcpFrames({ client, server, openedAtUs, events }));
  });

  it('does not depend on when or where it is made', () => {
    const once = tcpFrames({ client, server, openedAtUs, events: [data('client', 5000)] });
    expect(tcpFrames({ client, server, openedAtUs, events: [data('client', 5000)] })).toEqual(once);
  });

  it('delivers every byte in order, with right checksums, whatever is sent', () => {
    const event = fc.record({
      kind: fc.constant('data' as const),
      atUs: fc.constant(openedAtUs),
      from: fc.constantFrom('client' as const, 'server' as const),
      bytes: fc.uint8Array({ maxLength: 4000 }),
    });
    const pairs = fc.constantFrom(
      ['10.0.0.1', '10.0.0.2', '10.0.0.1:'],
      ['127.0.0.1', '127.0.0.1', ''],
      ['fd00::1', '2001:db8::192.0.2.1', 'fd000000000000000000000000000001:'],
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), pairs, (events, [from, to]) => {
        const frames = tcpFrames({
          client: { ip: from!, port: 50_000 },
          server: { ip: to!, port: 443 },
          openedAtUs,
          events,
        }).map(({ bytes }) => readFrame(bytes));
        const received = { client: Buffer.alloc(0), server: Buffer.alloc(0) };
        const next = { client: frames[0]!.sequence, server: frames[1]!.sequence };
        for (const frame of frames) {
          expect(frame.checksumsRight).toBe(true);
          const side = frame.from.endsWith(':50000') ? 'client' : 'server';
          expect(frame.sequence).toBe(next[side]);
          if (frame.flags !== 'syn')
            expect(frame.acknowledgement).toBe(next[side === 'client' ? 'server' : 'client']);
          next[side] = (next[side] + frame.payload.length + (frame.flags.includes('syn') ? 1 : 0)) % 2 ** 32;
          expect(frame.payload.length).toBeLessThanOrEqual(1460);
          received[side] = Buffer.concat([received[side], frame.payload]);
        }
        for (const side of ['client', 'server'] as const) {
          const sent = events.filter((each) => each.from === side).map(({ bytes }) => bytes);
          expect(received[side].equals(Buffer.concat(sent))).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['no address', { ip: 'edge', port: 1 }, '"edge" is no IP address'],
    ['a name with dots', { ip: '10.0.0.256', port: 1 }, '"10.0.0.256" is no IP address'],
    ['another family', { ip: '::1', port: 1 }, '::1 and 10.244.2.9 are not of one family'],
    ['port 0', { ip: '10.0.0.1', port: 0 }, '0 is no TCP port'],
  ])('cannot begin at %s', (_what, end, message) => {
    expect(() => tcpFrames({ client: end, server, openedAtUs, events: [] })).toThrow(new RangeError(message));
  });

  it('takes no data after the end', () => {
    const end: CaptureEvent = { kind: 'fin', atUs: openedAtUs, from: 'client' };
    expect(() => framesOf([end, data('client', 1)])).toThrow('the client had ended its side');
    expect(framesOf([end, data('server', 1)]).at(-1)?.flags).toBe('ack');
    expect(() => framesOf([{ ...end, kind: 'reset' }, data('server', 1)])).toThrow('the server had ended');
  });
});

describe('an address', () => {
  it.each([
    ['10.244.1.3', '0af40103'],
    ['::', '00'.repeat(16)],
    ['::1', `${'00'.repeat(15)}01`],
    ['fe80::a:0:1', `fe80${'00'.repeat(8)}000a00000001`],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['::ffff:10.0.0.1', `${'00'.repeat(10)}ffff0a000001`],
  ])('%s is read', (text, hex) => {
    expect(Buffer.from(parseIp(text)!).toString('hex')).toBe(hex);
  });

  it.each(['', '1.2.3', '1.2.3.04', '1:2', ':::', '1::2::3', '1:2:3:4:5:6:7:8:9', '12345::', '1::1.2.3.4:5'])(
    '"%s" is none',
    (text) => {
      expect(parseIp(text)).toBeNull();
    },
  );

  it('has a hardware address of its own', () => {
    expect(Buffer.from(macOf(parseIp('10.244.1.3')!)).toString('hex')).toBe('02420af40103');
  });
});
