import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../src/core/bytes/index.ts';
import { nativeCrypto } from '../../../../src/core/crypto/index.ts';
import { parseCertificate } from '../../../../src/core/pki/index.ts';
import {
  cipherSuites,
  createTlsClient,
  createTlsServer,
  type TlsClientConfig,
  type TlsConnection,
  type TlsEvent,
  type TlsServerConfig,
  type TlsTicket,
  type VerifyPeer,
} from '../../../../src/core/tls/index.ts';
import { writeSessionState } from '../../../../src/core/tls/tickets/session-state.ts';
import { sharedKey } from '../../pki/keys.ts';
import { arranged, extensionsOf, replayed, shareOf } from './replay.ts';
import {
  clientAuthentication,
  clientCertificate,
  compatibility,
  resumed,
  retried,
  simple,
  ticket,
  type Trace,
} from './traces.ts';

/*
 * What of RFC 8448 does not apply, and why:
 * - Section 3, signatures of sections 3, 5, 6 and 7: RSA-PSS and ECDSA draw random numbers the RFC does not print, so the
 *   signature of the trace is handed in where one side signs; where the other side verifies it is verified for real.
 * - The trace's RSA keys have 1024 bits and its certificates no issuer anybody trusts: path validation is left out.
 * - The contents of the ticket of section 3 are NSS's: handed in; the NewSessionTicket around it is ours.
 */

const NOW = 1_651_826_546_000;
const acceptAnybody: VerifyPeer = ({ chain }) =>
  Promise.resolve({ ok: true, identity: null, path: chain, checks: [] });

/** In section 5 the second key share, and the server's, are of P-256. */
function keysOf(trace: Trace) {
  const [first, second] = trace.clientKeys;
  const client = [{ private: first! }];
  if (second === undefined) return { client, server: [{ private: trace.serverKey }] };
  return {
    client: [...client, { private: second, point: shareOf(trace.secondClientHello!) }],
    server: [{ private: trace.serverKey, point: shareOf(trace.serverFlight.slice(0, 2 * 128)) }],
  };
}

async function clientOf(trace: Trace, more: Partial<TlsClientConfig> = {}): Promise<TlsConnection> {
  const random = trace.sessionId === '' ? [trace.clientRandom] : [trace.clientRandom, trace.sessionId];
  const hellos = [trace.clientHello, trace.secondClientHello ?? ''];
  return createTlsClient({
    provider: replayed({ random, keys: keysOf(trace).client, signature: trace.clientSignature }),
    nowMs: () => NOW,
    verifyPeer: acceptAnybody,
    cipherSuites: ['TLS_AES_128_GCM_SHA256', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_256_GCM_SHA384'],
    serverName: 'server',
    middleboxCompatibility: trace.sessionId !== '',
    arrangeExtensions: (_, own) => arranged(extensionsOf(hellos.shift()!), own),
    credential: {
      chain: [parseCertificate(fromHex(clientCertificate))],
      keyPair: await sharedKey(nativeCrypto, 'rsa-2048'),
    },
    ...more,
  });
}

async function serverOf(trace: Trace, more: Partial<TlsServerConfig> = {}): Promise<TlsConnection> {
  const isEcdsa = trace === clientAuthentication;
  const certificate = trace.serverCertificate ?? simple.serverCertificate!;
  return createTlsServer({
    provider: replayed({
      random: [trace.serverRandom, ticket.ageAdd],
      keys: keysOf(trace).server,
      signature: trace.serverSignature,
    }),
    nowMs: () => NOW,
    credential: {
      chain: [parseCertificate(fromHex(certificate))],
      keyPair: await sharedKey(nativeCrypto, isEcdsa ? 'ecdsa-p256' : 'rsa-2048'),
    },
    clientCertificate: isEcdsa ? 'require' : 'none',
    verifyPeer: acceptAnybody,
    groups: trace.retryRequest === undefined ? ['x25519'] : ['secp256r1'],
    arrangeExtensions: (message, own) => {
      if (message === 'EncryptedExtensions') return arranged(extensionsOf(trace.encryptedExtensions), own);
      if (message === 'CertificateRequest') return extensionsOf(trace.certificateRequest!);
      if (message === 'HelloRetryRequest') return arranged(extensionsOf(trace.retryRequest!), own);
      return own;
    },
    ...more,
  });
}

/** Calls one side and keeps what comes of it. */
class Played {
  readonly events: TlsEvent[] = [];
  readonly connection: TlsConnection;

  constructor(connection: TlsConnection) {
    this.connection = connection;
  }

  async start(): Promise<string> {
    return this.#keep(await this.connection.start());
  }

  async receives(hex: string): Promise<string> {
    return this.#keep(await this.connection.receive(fromHex(hex)));
  }

  async writes(hex: string): Promise<string> {
    return this.#keep(await this.connection.write(fromHex(hex)));
  }

  async closes(): Promise<string> {
    return this.#keep(await this.connection.close());
  }

  secret(name: string): string {
    const event = this.events.find((one) => one.kind === 'secret' && one.name === name);
    return event?.kind === 'secret' ? toHex(event.value) : '';
  }

  failed(): string[] {
    return this.events.flatMap((one) => (one.kind === 'verification' && !one.ok ? [one.of] : []));
  }

  data(): string {
    return this.events.map((one) => (one.kind === 'data' ? toHex(one.data) : '')).join('');
  }

  #keep({ bytes, events }: { bytes: Uint8Array; events: readonly TlsEvent[] }): string {
    this.events.push(...events);
    return toHex(bytes);
  }
}

const received: TlsTicket = {
  ticket: fromHex(ticket.value),
  psk: fromHex(ticket.psk),
  cipherSuite: 'TLS_AES_128_GCM_SHA256',
  lifetimeSeconds: ticket.lifetimeSeconds,
  ageAdd: Number.parseInt(ticket.ageAdd, 16),
  receivedAtMs: NOW - ticket.ageMs,
  authenticatedAtMs: NOW - ticket.ageMs,
  maxEarlyData: ticket.maxEarlyData,
  alpn: null,
  serverName: 'server',
  peerChain: [],
  peerIdentity: null,
};

const sealed = writeSessionState({
  suite: cipherSuites.TLS_AES_128_GCM_SHA256,
  psk: received.psk,
  issuedAtMs: received.receivedAtMs,
  authenticatedAtMs: received.receivedAtMs,
  lifetimeSeconds: ticket.lifetimeSeconds,
  ageAdd: received.ageAdd,
  maxEarlyData: ticket.maxEarlyData,
  alpn: null,
  serverName: 'server',
  context: '',
  peerIdentity: null,
  peerChain: [],
});

/** Knows the trace's ticket and no other. */
const tickets = {
  protector: {
    seal: () => Promise.resolve(fromHex(ticket.value)),
    open: (bytes: Uint8Array) => Promise.resolve(toHex(bytes) === ticket.value ? sealed : null),
  },
  count: 1,
  lifetimeSeconds: ticket.lifetimeSeconds,
  nonce: () => fromHex(ticket.nonce),
};
const earlyData = { maxSize: ticket.maxEarlyData };

describe.each([
  { trace: simple, client: {}, server: { tickets, earlyData } },
  {
    trace: resumed,
    client: { ticket: received, earlyData: fromHex(resumed.earlyData!) },
    server: { tickets: { ...tickets, count: 0 }, earlyData },
  },
  { trace: retried, client: {}, server: {} },
  { trace: clientAuthentication, client: {}, server: {} },
  { trace: compatibility, client: {}, server: {} },
])('RFC 8448 section $trace.section, $trace.title', ({ trace, client, server }) => {
  it('is what the client says and understands, octet for octet', async () => {
    const side = new Played(await clientOf(trace, client));
    expect(await side.start()).toBe(trace.clientHello + (trace.earlyRecord ?? ''));
    if (trace.retryRequest !== undefined)
      expect(await side.receives(trace.retryRequest)).toBe(trace.secondClientHello);
    expect(await side.receives(trace.serverFlight)).toBe(trace.clientFlight);
    expect(side.failed()).toEqual([]);
    expect(side.connection.state).toBe('Connected');
    if (trace.ticketRecord !== undefined) {
      expect(await side.receives(trace.ticketRecord)).toBe('');
      expect(side.secret('resumption_psk')).toBe(ticket.psk);
    }
    if (trace.data !== undefined) {
      expect(await side.writes(trace.data)).toBe(trace.clientData);
      await side.receives(trace.serverData!);
      expect(side.data()).toBe(trace.data);
    }
    expect(await side.closes()).toBe(trace.clientClose);
    await side.receives(trace.serverClose);
    expect(side.connection.state).toBe('Closed');
  });

  it('is what the server understands and says, octet for octet', async () => {
    const side = new Played(await serverOf(trace, server));
    if (trace.retryRequest === undefined)
      expect(await side.receives(trace.clientHello)).toBe(trace.serverFlight);
    else {
      expect(await side.receives(trace.clientHello)).toBe(trace.retryRequest);
      expect(await side.receives(trace.secondClientHello!)).toBe(trace.serverFlight);
    }
    await side.receives(trace.earlyRecord ?? '');
    expect(side.data()).toBe(trace.earlyData ?? '');
    expect(await side.receives(trace.clientFlight)).toBe(trace.ticketRecord ?? '');
    expect(side.failed()).toEqual([]);
    expect(side.connection.state).toBe('Connected');
    if (trace.data !== undefined) {
      await side.receives(trace.clientData!);
      expect(side.data()).toBe((trace.earlyData ?? '') + trace.data);
      expect(await side.writes(trace.data)).toBe(trace.serverData);
    }
    await side.receives(trace.clientClose);
    expect(await side.closes()).toBe(trace.serverClose);
    expect(side.connection.state).toBe('Closed');
  });
});

describe('the key schedule of RFC 8448 section 3', () => {
  it.each([
    ['early_secret', '33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a'],
    ['early_derived_secret', '6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba'],
    ['ecdhe_shared_secret', '8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d'],
    ['handshake_secret', '1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac'],
    ['client_handshake_traffic_secret', 'b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21'],
    ['server_handshake_traffic_secret', 'b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38'],
    ['main_secret', '18df06843d13a08bf2a449844c5f8a478001bc4d4c627984d5a41da8d0402919'],
    ['client_application_traffic_secret', '9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5'],
    ['server_application_traffic_secret', 'a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643'],
    ['exporter_secret', 'fe22f881176eda18eb8f44529e6792c50c9a3f89452f68d8ae311b4309d3cf50'],
  ])('has the %s', async (name, value) => {
    const side = new Played(await clientOf(simple));
    await side.start();
    await side.receives(simple.serverFlight);
    expect(side.secret(name)).toBe(value);
  });

  it('has the keys of both directions', async () => {
    const side = new Played(await clientOf(simple));
    await side.start();
    await side.receives(simple.serverFlight);
    const keys = side.events.flatMap((event) =>
      event.kind === 'traffic-key'
        ? [`${event.direction} ${event.epoch} ${toHex(event.key)} ${toHex(event.iv)}`]
        : [],
    );
    expect(keys).toContain('received handshake 3fce516009c21727d0f2e4e86ee403bc 5d313eb2671276ee13000b30');
    expect(keys).toContain('sent handshake dbfaa693d1762c5b666af5d950258d01 5bd3c71b836e0b76bb73265f');
    expect(keys).toContain('received application 9f02283b6c9c07efc26bb9f2ac92e356 cf782b88dd83549aadf1e984');
  });
});
