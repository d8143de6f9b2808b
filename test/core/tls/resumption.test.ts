import { beforeAll, describe, expect, it } from 'vitest';
import {
  createTicketProtector,
  type TlsClientConfig,
  type TlsServerConfig,
  type TlsTicket,
} from '../../../src/core/tls/index.ts';
import { Pair } from './support/pump.ts';
import { clientConfig, clientId, now, serverConfig, serverId, type World, world } from './support/world.ts';

let of: World;
let server: TlsServerConfig;
let ticket: TlsTicket;
const request = new TextEncoder().encode('GET /early HTTP/1.1\r\n\r\n');

beforeAll(async () => {
  of = await world();
  const protector = await createTicketProtector(of.provider);
  server = serverConfig(of, { tickets: { protector, context: 'order' }, earlyData: { maxSize: 14_336 } });
  ticket = await freshTicket(server);
});

async function freshTicket(
  config: TlsServerConfig,
  client: Partial<TlsClientConfig> = {},
): Promise<TlsTicket> {
  const pair = await new Pair(clientConfig(of, client), config).connect();
  const tickets = pair.of('client', 'ticket');
  expect(tickets).toHaveLength(2);
  expect(tickets[0]!.ticket.psk).not.toEqual(tickets[1]!.ticket.psk);
  return tickets[0]!.ticket;
}

const names = (pair: Pair, side: 'client' | 'server') => pair.of(side, 'message').map(({ type }) => type);

describe('a resumption', () => {
  it('carries over who the peers are, without certificates', async () => {
    const pair = await new Pair(clientConfig(of, { ticket }), server).connect();
    expect(pair.client.session).toMatchObject({
      resumed: true,
      peerIdentity: serverId,
      peerSignatureScheme: null,
    });
    expect(pair.server.session).toMatchObject({
      resumed: true,
      peerIdentity: clientId,
      peerSignatureScheme: null,
    });
    expect(pair.server.session!.peerChain.map((one) => one.uris[0])).toEqual([clientId]);
    expect(names(pair, 'server')).not.toContain('Certificate');
    expect(names(pair, 'client')).not.toContain('CertificateRequest');
    expect(pair.of('client', 'verification').map((one) => one.of)).toEqual(['finished']);
    await pair.send('client', 'hello');
    expect(pair.text('server')).toBe('hello');
  });

  it('does not look at the certificate again, even when nobody would accept it now', async () => {
    const refuse = () =>
      Promise.resolve({
        ok: false as const,
        path: [],
        checks: [],
        alert: 'certificate_revoked' as const,
        text: '',
        code: 23,
        error: null,
      });
    const pair = await new Pair(clientConfig(of, { ticket, verifyPeer: refuse }), {
      ...server,
      verifyPeer: refuse,
    }).connect();
    expect([pair.client.state, pair.server.state]).toEqual(['Connected', 'Connected']);
  });

  it('works after a HelloRetryRequest, with a binder over both hellos', async () => {
    const pair = await new Pair(clientConfig(of, { ticket, keyShares: [] }), server).connect();
    expect(names(pair, 'client')).toContain('HelloRetryRequest');
    expect(pair.client.session?.resumed).toBe(true);
  });

  it('can change the cipher suite for one of the same hash', async () => {
    const suites = { cipherSuites: ['TLS_CHACHA20_POLY1305_SHA256' as const] };
    const pair = await new Pair(clientConfig(of, { ticket, ...suites }), server).connect();
    expect(pair.client.session).toMatchObject({ resumed: true, cipherSuite: suites.cipherSuites[0] });
  });

  it.each([
    ['another hash', () => ({ client: {}, server: { cipherSuites: ['TLS_AES_256_GCM_SHA384' as const] } })],
    [
      'another session context',
      () => ({ client: {}, server: { tickets: { ...server.tickets!, context: 'new roots' } } }),
    ],
    ['an old ticket', () => ({ client: {}, server: { nowMs: () => now.getTime() + 172_801_000 } })],
    ['a server without tickets', () => ({ client: {}, server: { tickets: null } })],
    [
      'a ticket that was tampered with',
      () => ({ client: { ticket: { ...ticket, ticket: ticket.ticket.map((o) => o ^ 1) } }, server: {} }),
    ],
  ])('gives way to a full handshake for %s', async (_, change) => {
    const { client, server: other } = change();
    const pair = await new Pair(clientConfig(of, { ticket, ...client }), { ...server, ...other }).connect();
    expect(pair.client.session).toMatchObject({ resumed: false, peerIdentity: serverId });
    expect(pair.of('client', 'resumption')[0]?.accepted).toBe(false);
    expect(pair.server.session?.resumed).toBe(false);
  });

  it("does not happen with another server's key", async () => {
    const tickets = { protector: await createTicketProtector(of.provider), context: 'order' };
    const pair = await new Pair(clientConfig(of, { ticket }), { ...server, tickets }).connect();
    expect(pair.client.session?.resumed).toBe(false);
  });

  it('is not offered once the ticket has outlived its lifetime', async () => {
    const later = now.getTime() + (ticket.lifetimeSeconds + 1) * 1000;
    const pair = await new Pair(clientConfig(of, { ticket, nowMs: () => later }), server).connect();
    expect(pair.of('server', 'resumption')).toEqual([]);
    expect(pair.client.session?.resumed).toBe(false);
  });

  it('goes on in a row for seven days after the peers have proven who they are, and no longer', async () => {
    const day = 86_400_000;
    const at = (days: number) => ({ nowMs: () => now.getTime() + days * day });
    let latest = ticket;
    for (const days of [1.5, 3, 4.5, 6]) {
      const pair = await new Pair(clientConfig(of, { ticket: latest, ...at(days) }), {
        ...server,
        ...at(days),
      }).connect();
      expect([days, pair.client.session?.resumed]).toEqual([days, true]);
      latest = pair.of('client', 'ticket')[0]!.ticket;
      expect([days, latest.lifetimeSeconds]).toEqual([days, days === 6 ? 86_400 : 172_800]);
    }
    const late = at(7.01);
    const honest = await new Pair(clientConfig(of, { ticket: latest, ...late }), {
      ...server,
      ...late,
    }).connect();
    expect(honest.of('server', 'resumption')).toEqual([]);
    // A client that forgets its clock is told by the server.
    const stubborn = await new Pair(clientConfig(of, { ticket: latest }), { ...server, ...late }).connect();
    expect(stubborn.of('server', 'resumption')).toMatchObject([
      { accepted: false, reason: 'the ticket is too old' },
    ]);
    expect(stubborn.client.session?.resumed).toBe(false);
    // And a client has its own bound, whatever the server says.
    const generous = { ...latest, lifetimeSeconds: 604_800 };
    const bounded = await new Pair(clientConfig(of, { ticket: generous, ...late }), server).connect();
    expect(bounded.of('server', 'resumption')).toEqual([]);
  });

  it('is not possible for a session without the client certificate that is now required', async () => {
    const anonymous = await freshTicket({ ...server, clientCertificate: 'none' });
    const pair = await new Pair(clientConfig(of, { ticket: anonymous }), server).connect();
    expect(pair.server.session).toMatchObject({ resumed: false, peerIdentity: clientId });
  });
});

describe('early data', () => {
  it('arrives with the first flight where the server takes it', async () => {
    const pair = new Pair(clientConfig(of, { ticket, earlyData: request }), server);
    await pair.did('client', pair.client.start());
    await pair.did('server', pair.server.receive(pair.wire.server.shift()!));
    expect(pair.of('server', 'data')).toMatchObject([{ early: true }]);
    expect(pair.server.state).toBe('ExpectEndOfEarlyData');
    await pair.settle();
    expect(pair.text('server')).toBe('GET /early HTTP/1.1\r\n\r\n');
    expect(pair.client.session?.earlyData).toBe('accepted');
    expect(pair.server.session?.earlyData).toBe('accepted');
    await pair.send('client', 'more');
    expect(pair.of('server', 'data').at(-1)?.early).toBe(false);
  });

  it('can be replayed by anybody who has recorded it, unless the server remembers', async () => {
    const pair = new Pair(clientConfig(of, { ticket, earlyData: request }), server);
    const { bytes: recording } = await pair.client.start();
    for (const attempt of [1, 2]) {
      const replayed = new Pair(clientConfig(of), server);
      await replayed.did('server', replayed.server.receive(recording));
      expect([attempt, replayed.text('server')]).toEqual([attempt, 'GET /early HTTP/1.1\r\n\r\n']);
    }
    const seen = new Set<string>();
    const accept = ({ binder }: { binder: Uint8Array }) => {
      const id = binder.join();
      return !seen.has(id) && seen.add(id).size > 0;
    };
    for (const expected of ['GET /early HTTP/1.1\r\n\r\n', '']) {
      const careful = new Pair(clientConfig(of), { ...server, earlyData: { maxSize: 14_336, accept } });
      await careful.did('server', careful.server.receive(recording));
      expect(careful.text('server')).toBe(expected);
    }
  });

  it.each([
    ['the server has it switched off', () => ({ earlyData: null }), {}],
    ['the ticket does not fit', () => ({ tickets: { ...server.tickets!, context: 'other' } }), {}],
    ['another protocol is chosen', () => ({ alpn: ['istio'] }), {}],
    ['the client misstates the age of its ticket', () => ({ nowMs: () => now.getTime() + 61_000 }), {}],
    ['there is a HelloRetryRequest', () => ({}), { keyShares: [] }],
  ])('is skipped and lost where %s', async (_, change, client) => {
    const config = clientConfig(of, { ticket, earlyData: request, ...client });
    const pair = await new Pair(config, { ...server, ...change() }).connect();
    expect(pair.of('server', 'alert')).toEqual([]);
    expect([pair.client.state, pair.server.state]).toEqual(['Connected', 'Connected']);
    expect(pair.client.session?.earlyData).toBe('rejected');
    expect(pair.server.session?.earlyData).toBe('rejected');
    expect(pair.of('client', 'early-data')).toMatchObject([{ accepted: false }]);
    expect(pair.text('server')).toBe('');
    await pair.send('client', 'again');
    expect(pair.text('server')).toBe('again');
  });

  it('is not sent where it is more than the ticket allows', async () => {
    const earlyData = new Uint8Array(14_337);
    const pair = await new Pair(clientConfig(of, { ticket, earlyData }), server).connect();
    expect(pair.client.session?.earlyData).toBe('not-offered');
    expect(pair.of('client', 'early-data')[0]?.reason).toContain('14337');
  });

  it('beyond what was allowed is unexpected_message', async () => {
    const greedy = { ...ticket, maxEarlyData: 100_000 };
    const earlyData = new Uint8Array(14_337);
    const pair = await new Pair(clientConfig(of, { ticket: greedy, earlyData }), server).connect();
    expect(pair.alerts('server')).toEqual(['sent unexpected_message']);
  });

  it('that is rejected is skipped up to a bound', async () => {
    const greedy = { ...ticket, maxEarlyData: 100_000 };
    const config = clientConfig(of, { ticket: greedy, earlyData: new Uint8Array(40_000) });
    const pair = await new Pair(config, { ...server, earlyData: null }).connect();
    expect(pair.alerts('server')).toEqual(['sent unexpected_message']);
  });
});
