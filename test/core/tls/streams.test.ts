import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTicketProtector, type TlsServerConfig } from '../../../src/core/tls/index.ts';
import { isOver, Pair } from './support/pump.ts';
import { clientConfig, serverConfig, type World, world } from './support/world.ts';

let of: World;
let server: TlsServerConfig;

beforeAll(async () => {
  of = await world();
  server = serverConfig(of, { tickets: { protector: await createTicketProtector(of.provider) } });
});

const cutAt =
  (at: number) =>
  (bytes: Uint8Array): Uint8Array[] => [bytes.subarray(0, at), bytes.subarray(at)];

describe('a stream of octets', () => {
  it('may come one by one', async () => {
    const cut = (bytes: Uint8Array) => Array.from(bytes, (octet) => Uint8Array.of(octet));
    const pair = await new Pair(clientConfig(of), server).connect(cut);
    expect([pair.client.state, pair.server.state]).toEqual(['Connected', 'Connected']);
    expect(pair.of('client', 'ticket')).toHaveLength(2);
  });

  it('may be cut anywhere', async () => {
    const whole = await new Pair(clientConfig(of), server).connect();
    const longest = Math.max(...whole.of('client', 'record').map(({ bytes }) => bytes.length));
    // Each handshake is cut at three places, so that every place up to the longest flight is seen.
    for (let at = 1; at < longest + 150; at += 11) {
      const pair = await new Pair(clientConfig(of), server).connect(cutAt(at));
      expect([at, pair.client.state, pair.server.state]).toEqual([at, 'Connected', 'Connected']);
    }
  });

  it('may hold handshake messages in fragments of any size', async () => {
    for (const limit of [64, 65, 100, 257, 1000]) {
      const pair = new Pair(
        clientConfig(of, {
          arrangeExtensions: (message, extensions) =>
            message === 'ClientHello' ? [...extensions, { type: 'record_size_limit', limit }] : extensions,
        }),
        {
          ...server,
          arrangeExtensions: (message, extensions) =>
            message === 'EncryptedExtensions'
              ? [...extensions, { type: 'record_size_limit', limit }]
              : extensions,
        },
      );
      await pair.connect();
      expect([limit, pair.client.state, pair.server.state]).toEqual([limit, 'Connected', 'Connected']);
      const sent = pair
        .of('client', 'record')
        .filter((one) => one.direction === 'sent' && one.epoch !== 'plaintext');
      expect(Math.max(...sent.map(({ content }) => content.length))).toBeLessThan(limit);
      await pair.send('client', 'x'.repeat(3000));
      expect(pair.received('server')).toHaveLength(3000);
    }
  });
});

/** How an attack ended: what the sides say, or that nobody noticed. */
function outcome(pair: Pair): string {
  const alerts = [...pair.alerts('client'), ...pair.alerts('server')].filter((one) => one.startsWith('sent'));
  return alerts.length > 0 ? alerts.join(', ') : `${pair.client.state}/${pair.server.state}`;
}

const ALERT =
  'sent (unexpected_message|bad_record_mac|record_overflow|handshake_failure|illegal_parameter|decode_error|decrypt_error|protocol_version|missing_extension|unsupported_extension|no_application_protocol)';
const WAITING = '(Connected|Expect\\w+)/(Connected|Expect\\w+)';
/** A side whose keys have come to differ cannot read the other's alert, and sends one of its own. */
const ALLOWED = new RegExp(`^(${ALERT}(, ${ALERT})?|${WAITING})$`);

describe('whatever happens to a flight', () => {
  const flights = fc.record({
    to: fc.constantFrom('client' as const, 'server' as const),
    flight: fc.nat(2),
    at: fc.nat(4000),
    octet: fc.integer({ min: 1, max: 255 }),
  });

  const attacked = async (
    attack: { to: 'client' | 'server'; flight: number },
    change: (bytes: Uint8Array) => Uint8Array | null,
  ): Promise<Pair> => {
    const pair = new Pair(clientConfig(of), server);
    let count = 0;
    pair.meddle = (to, bytes) => (to === attack.to && count++ === attack.flight ? change(bytes) : bytes);
    await pair.connect();
    return pair;
  };

  it('a changed octet ends in an alert, or changed nothing that counts', async () => {
    await fc.assert(
      fc.asyncProperty(flights, async (attack) => {
        const pair = await attacked(attack, (bytes) =>
          Uint8Array.from(bytes, (octet, at) =>
            at === attack.at % bytes.length ? octet ^ attack.octet : octet,
          ),
        );
        expect(outcome(pair)).toMatch(ALLOWED);
        expect(pair.of('client', 'alert').every(({ fault }) => fault?.rule !== 'internal')).toBe(true);
        expect(pair.of('server', 'alert').every(({ fault }) => fault?.rule !== 'internal')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('a flight cut short leaves both waiting, and nothing arrives', async () => {
    await fc.assert(
      fc.asyncProperty(flights, async (attack) => {
        const pair = await attacked(attack, (bytes) => bytes.subarray(0, attack.at % bytes.length));
        expect(outcome(pair)).toMatch(/^(Expect\w+|Connected)\/(Expect\w+|Connected)$/);
        if (!isOver(pair.server)) await pair.did('server', pair.server.transportClosed());
        expect(pair.of('server', 'closed')).toHaveLength(1);
      }),
      { numRuns: 60 },
    );
  });

  it('octets put in, taken out or repeated end in an alert, or leave somebody waiting', async () => {
    const noise = fc.uint8Array({ minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(flights, noise, fc.nat(2), async (attack, junk, way) => {
        const pair = await attacked(attack, (bytes) => {
          const at = attack.at % bytes.length;
          const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
          const middle = way === 0 ? junk : way === 1 ? before : [];
          return Uint8Array.from([
            ...before,
            ...middle,
            ...(way === 2 ? after.subarray(junk.length) : after),
          ]);
        });
        expect(outcome(pair)).toMatch(ALLOWED);
      }),
      { numRuns: 150 },
    );
  });

  it('noise alone never makes a connection', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 600 }), async (noise) => {
        const pair = new Pair(clientConfig(of), server);
        await pair.did('server', pair.server.receive(noise));
        await pair.did('client', pair.client.start());
        await pair.did('client', pair.client.receive(noise));
        expect(pair.client.state).not.toBe('Connected');
        expect(pair.server.state).not.toBe('Connected');
      }),
      { numRuns: 200 },
    );
  });
});
