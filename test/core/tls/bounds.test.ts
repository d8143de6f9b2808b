import { beforeAll, describe, expect, it } from 'vitest';
import { concatBytes } from '../../../src/core/bytes/index.ts';
import {
  createTicketProtector,
  createTlsServer,
  type TlsEvent,
  type TlsServerConfig,
  type TlsTicket,
} from '../../../src/core/tls/index.ts';
import { Pair, PuppetPair } from './support/pump.ts';
import { clientConfig, now, serverConfig, type World, world } from './support/world.ts';

let of: World;
let server: TlsServerConfig;
let ticket: TlsTicket;

beforeAll(async () => {
  of = await world();
  const protector = await createTicketProtector(of.provider);
  server = serverConfig(of, { tickets: { protector }, earlyData: { maxSize: 14_336 } });
  const pair = await new Pair(clientConfig(of), server).connect();
  ticket = pair.of('client', 'ticket')[0]!.ticket;
});

/** A record of application data without content, as nobody's key has made it. */
const emptyRecord = Uint8Array.of(23, 3, 3, 0, 0);
const alertIn = (events: readonly TlsEvent[]) =>
  events.flatMap((event) => (event.kind === 'alert' ? [`${event.direction} ${event.description}`] : []));

describe('a peer that never comes to an end', () => {
  it.each([
    ['after a ServerHello', {}],
    ['after a HelloRetryRequest', { keyShares: [] }],
  ])('with empty records in place of early data, %s', async (_, change) => {
    const earlyData = Uint8Array.of(1);
    const pair = new Pair(clientConfig(of, { ticket, earlyData, ...change }), { ...server, earlyData: null });
    await pair.did('client', pair.client.start());
    await pair.did('server', pair.server.receive(pair.wire.server.shift()!));
    expect(pair.server.state).toMatch(/^Expect/);
    await pair.did('server', pair.server.receive(concatBytes(...Array<Uint8Array>(4_000).fill(emptyRecord))));
    expect(pair.alerts('server')).toEqual(['sent unexpected_message']);
  });

  it('with warnings and empty records in turn', async () => {
    const pair = await new PuppetPair(clientConfig(of), server).connect();
    await pair.say('client', ({ writer }) => {
      for (let i = 0; i < 40; i++) {
        writer.alert(false, 90);
        writer.data(new Uint8Array(0));
      }
    });
    expect(pair.alerts('server').at(-1)).toBe('sent unexpected_message');
  });

  it('with tickets is heard, and more of them than one can want are not kept', async () => {
    const pair = await new PuppetPair(clientConfig(of), server).connect();
    await pair.say('server', (context) => {
      for (let i = 0; i < 100; i++)
        context.sendAfterHandshake({
          type: 'NewSessionTicket',
          lifetimeSeconds: 60,
          ageAdd: 0,
          nonce: Uint8Array.of(1, i),
          ticket: Uint8Array.of(1),
          extensions: [],
        });
      context.writer.data(Uint8Array.of(7));
    });
    expect(pair.of('client', 'ticket')).toHaveLength(32);
    expect(pair.received('client')).toEqual(Uint8Array.of(7));
  });

  it('with key updates that ask for ours is answered once for what it sent together', async () => {
    const pair = await new Pair(clientConfig(of), server).connect();
    const updates: Uint8Array[] = [];
    for (let i = 0; i < 20; i++) updates.push((await pair.client.updateKeys(true)).bytes);
    const { events } = await pair.did('server', pair.server.receive(concatBytes(...updates)));
    expect(
      events.filter((event) => event.kind === 'keys-updated' && event.direction === 'received'),
    ).toHaveLength(20);
    expect(
      events.filter((event) => event.kind === 'keys-updated' && event.direction === 'sent'),
    ).toHaveLength(1);
    await pair.settle();
    await pair.send('server', 'under new keys');
    expect(pair.text('client')).toBe('under new keys');
  });
});

describe('a hello as long as may be', () => {
  it.each(['cipherSuites', 'groups', 'alpn'] as const)(
    'with %s nobody knows is told of in short',
    async (what) => {
      const many = Array.from({ length: 20_000 }, (_, at) => 0x2000 + at);
      const pair = new PuppetPair(clientConfig(of, { keyShares: [] }), { ...server, alpn: ['h2'] });
      pair.forge.client = (message) => {
        if (message.type !== 'ClientHello') return message;
        if (what === 'cipherSuites') return { ...message, cipherSuites: many };
        const other =
          what === 'groups'
            ? ({ type: 'supported_groups', groups: many } as const)
            : ({
                type: 'application_layer_protocol_negotiation',
                protocols: many.slice(0, 8_000).map((code) => `p${code}`),
              } as const);
        const rest = message.extensions.filter(({ type }) => type !== other.type);
        return { ...message, extensions: [...rest, other] };
      };
      await pair.connect();
      const { reason } = pair.of('server', 'alert')[0]!.fault!;
      expect(reason).toMatch(/^no (cipher suite|group|protocol) in common/);
      expect(reason.length).toBeLessThan(1_000);
    },
  );
});

describe('a server without a peer', () => {
  it('takes any number of fragments of one octet', async () => {
    const connection = createTlsServer({ ...server, nowMs: () => now.getTime() });
    const begin = Uint8Array.of(1, 0, 0x80, 0);
    const octets = [...begin, ...new Uint8Array(20_000)];
    const records = octets.map((octet) => Uint8Array.of(22, 3, 3, 0, 1, octet));
    const { events } = await connection.receive(concatBytes(...records));
    expect(alertIn(events)).toEqual([]);
    expect(connection.state).toBe('ExpectClientHello');
  });
});
