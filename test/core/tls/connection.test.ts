import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/core/bytes/index.ts';
import { keyLogLine, peekClientHello, TlsStateError } from '../../../src/core/tls/index.ts';
import { Pair, PuppetPair } from './support/pump.ts';
import { clientConfig, serverConfig, trusting, world } from './support/world.ts';

async function connected(client = {}, server = {}): Promise<PuppetPair> {
  const of = await world();
  const pair = new PuppetPair(clientConfig(of, client), serverConfig(of, server));
  return (await pair.connect()) as PuppetPair;
}

const octets = (count: number) => Uint8Array.from({ length: count }, (_, at) => at * 7);

describe('application data', () => {
  it.each([0, 1, 16_384, 16_385, 100_000])(
    'of %i octets arrives whole, in records of at most 2^14',
    async (count) => {
      const pair = await connected();
      await pair.send('client', octets(count));
      await pair.send('server', octets(count));
      expect(pair.received('server')).toEqual(octets(count));
      expect(pair.received('client')).toEqual(octets(count));
      const records = pair.of('client', 'record').filter((one) => one.innerType === 'application_data');
      expect(records.every(({ content }) => content.length <= 16_384)).toBe(true);
    },
  );

  it('may be written by several callers at once and stays in order', async () => {
    const pair = await connected();
    const outputs = await Promise.all(
      Array.from({ length: 20 }, (_, at) => pair.client.write(Uint8Array.of(at))),
    );
    await Promise.all(outputs.map(({ bytes }) => pair.did('server', pair.server.receive(bytes))));
    expect([...pair.received('server')]).toEqual(Array.from({ length: 20 }, (_, at) => at));
  });

  it('cannot be written before the handshake, and the mistake is named', async () => {
    const of = await world();
    const pair = new Pair(clientConfig(of), serverConfig(of));
    await expect(pair.client.write(octets(1))).rejects.toThrow(TlsStateError);
    await expect(pair.client.receive(octets(1))).rejects.toThrow('call start() first');
    await expect(pair.client.exportKeyingMaterial('x', octets(0), 8)).rejects.toThrow(TlsStateError);
  });
});

describe('a key update', () => {
  it('gives one direction new keys, and both where the peer is asked', async () => {
    const pair = await connected();
    await pair.did('client', pair.client.updateKeys(false));
    await pair.settle();
    await pair.send('client', 'one');
    await pair.did('server', pair.server.updateKeys(true));
    await pair.settle();
    await pair.send('client', 'two');
    await pair.send('server', 'three');
    expect(pair.text('server')).toBe('onetwo');
    expect(pair.text('client')).toBe('three');
    const updates = (side: 'client' | 'server') =>
      pair.of(side, 'keys-updated').map(({ direction, generation }) => `${direction} ${generation}`);
    expect(updates('client')).toEqual(['sent 1', 'received 1', 'sent 2']);
    expect(updates('server')).toEqual(['received 1', 'sent 1', 'received 2']);
  });

  it('may come between records that were written together', async () => {
    const pair = await connected();
    const parts = [
      await pair.client.write(octets(10)),
      await pair.client.updateKeys(false),
      await pair.client.write(octets(20)),
      await pair.client.updateKeys(false),
      await pair.client.write(octets(30)),
    ];
    pair.wire.server.push(Uint8Array.from(parts.flatMap(({ bytes }) => [...bytes])));
    await pair.settle();
    expect(pair.received('server')).toHaveLength(60);
    expect(pair.server.state).toBe('Connected');
  });

  it('comes by itself before a key has protected too many records', async () => {
    const pair = await connected({ limits: { recordsPerKey: 5 } });
    for (let at = 0; at < 12; at++) await pair.send('client', Uint8Array.of(at));
    await pair.send('client', octets(16_384 * 7));
    expect(pair.received('server')).toHaveLength(12 + 16_384 * 7);
    const used = pair
      .of('client', 'record')
      .filter((one) => one.direction === 'sent' && one.epoch === 'application');
    expect(Math.max(...used.map(({ sequence }) => sequence!))).toBeLessThan(5);
    expect(pair.of('client', 'keys-updated').length).toBeGreaterThan(3);
  });

  it('without data between is tolerated only so often', async () => {
    const pair = await connected();
    for (let at = 0; at < 33; at++) {
      const { bytes } = await pair.client.updateKeys(false);
      if (pair.server.state === 'Connected') await pair.did('server', pair.server.receive(bytes));
    }
    expect(pair.alerts('server')).toEqual(['sent unexpected_message']);
  });
});

describe('closing', () => {
  it('is done by each side for itself', async () => {
    const pair = await connected();
    await pair.did('client', pair.client.close());
    await pair.settle();
    expect([pair.server.readClosed, pair.server.state]).toEqual([true, 'Connected']);
    await expect(pair.client.write(octets(1))).rejects.toThrow('closed for writing');
    await pair.send('server', 'the rest');
    expect(pair.text('client')).toBe('the rest');
    await pair.did('server', pair.server.close());
    await pair.settle();
    expect([pair.client.state, pair.server.state]).toEqual(['Closed', 'Closed']);
    expect(pair.of('client', 'closed')).toMatchObject([{ how: 'clean', fault: null }]);
    expect(pair.alerts('client')).toEqual(['sent close_notify', 'received close_notify']);
    await expect(pair.client.receive(octets(1))).rejects.toThrow(TlsStateError);
    expect(await pair.client.close()).toEqual({ bytes: new Uint8Array(0), events: [] });
  });

  it('ends what is read: data behind it counts for nothing', async () => {
    const pair = await connected();
    await pair.say('client', ({ writer }) => {
      writer.alert(false, 0);
      writer.data(octets(5));
    });
    expect(pair.received('server')).toHaveLength(0);
    expect(pair.server.readClosed).toBe(true);
  });

  it('during the handshake says user_canceled first', async () => {
    const of = await world();
    const pair = new Pair(clientConfig(of), serverConfig(of));
    await pair.did('client', pair.client.start());
    await pair.did('client', pair.client.close());
    await pair.settle();
    expect(pair.alerts('server')).toEqual(['received user_canceled', 'received close_notify']);
    expect(pair.server.state).toBe('Closed');
  });

  it('of the transport without close_notify is a truncation', async () => {
    const pair = await connected();
    await pair.did('server', pair.server.transportClosed());
    expect(pair.of('server', 'closed')).toMatchObject([{ how: 'truncated' }]);
    expect(pair.server.state).toBe('Failed');
  });
});

describe('alerts of the peer', () => {
  it('refuse a client that believes itself connected, under application keys', async () => {
    const of = await world();
    const nobody = trusting(of, ['spiffe://cluster.local/ns/x/sa/y']);
    const pair = new Pair(clientConfig(of), serverConfig(of, { verifyPeer: nobody }));
    await pair.did('client', pair.client.start());
    await pair.did('server', pair.server.receive(pair.wire.server.shift()!));
    await pair.did('client', pair.client.receive(pair.wire.client.shift()!));
    expect(pair.client.state).toBe('Connected');
    const lost = await pair.did('client', pair.client.write(octets(3)));
    expect(lost.bytes.length).toBeGreaterThan(0);
    await pair.settle();
    expect(pair.of('server', 'data')).toEqual([]);
    expect(pair.of('client', 'alert')).toMatchObject([
      { direction: 'received', description: 'certificate_unknown', epoch: 'application', fault: null },
    ]);
    expect(pair.client.state).toBe('Failed');
  });

  it('of a client that refuses the server come under its handshake keys, after change_cipher_spec', async () => {
    const of = await world();
    const nobody = trusting(of, ['spiffe://cluster.local/ns/x/sa/y']);
    const pair = await new Pair(clientConfig(of, { verifyPeer: nobody }), serverConfig(of)).connect();
    const sent = pair.of('client', 'record').filter(({ direction }) => direction === 'sent');
    expect(sent.map(({ innerType, epoch }) => `${innerType} ${epoch}`)).toEqual([
      'handshake plaintext',
      'change_cipher_spec plaintext',
      'alert handshake',
    ]);
    expect(pair.of('server', 'alert')).toMatchObject([
      { direction: 'received', code: 46, epoch: 'handshake' },
    ]);
  });

  it('may come in plaintext from a client that has not used its keys yet', async () => {
    const of = await world();
    const pair = new Pair(clientConfig(of), serverConfig(of));
    await pair.did('client', pair.client.start());
    await pair.did('server', pair.server.receive(pair.wire.server.shift()!));
    await pair.did('server', pair.server.receive(Uint8Array.of(21, 3, 3, 0, 2, 2, 48)));
    expect(pair.alerts('server')).toEqual(['received unknown_ca']);
    expect(pair.server.state).toBe('Failed');
  });

  it('may not come in plaintext afterwards', async () => {
    const pair = await connected();
    await pair.did('server', pair.server.receive(Uint8Array.of(21, 3, 3, 0, 2, 2, 48)));
    expect(pair.alerts('server')).toEqual(['sent unexpected_message']);
  });

  it('that no RFC names end the connection all the same', async () => {
    const pair = await connected();
    await pair.say('client', ({ writer }) => writer.alert(false, 200));
    expect(pair.alerts('server')).toEqual(['received unknown']);
    expect(pair.server.state).toBe('Failed');
  });

  it('user_canceled alone ends nothing, but not without end', async () => {
    const pair = await connected();
    await pair.say('client', ({ writer }) => writer.alert(false, 90));
    expect(pair.server.state).toBe('Connected');
    for (let at = 0; at < 4; at++) await pair.say('client', ({ writer }) => writer.alert(false, 90));
    expect(pair.alerts('server').at(-1)).toBe('sent unexpected_message');
  });
});

describe('what is agreed beside', () => {
  it('exports the same keying material on both sides, for each label and context', async () => {
    const pair = await connected();
    const make = (side: 'client' | 'server', label: string, context: Uint8Array) =>
      pair[side].exportKeyingMaterial(label, context, 80).then(toHex);
    const one = await make('client', 'EXPORTER-test', octets(3));
    expect(await make('server', 'EXPORTER-test', octets(3))).toBe(one);
    expect(one).toHaveLength(160);
    expect(await make('client', 'EXPORTER-test', octets(4))).not.toBe(one);
    expect(await make('client', 'EXPORTER-other', octets(3))).not.toBe(one);
  });

  it('logs the same keys on both sides, in the NSS format', async () => {
    const pair = await connected();
    const log = (side: 'client' | 'server') =>
      pair.events[side]
        .map(keyLogLine)
        .filter((line) => line !== null)
        .sort();
    expect(log('client')).toEqual(log('server'));
    expect(log('client').map((line) => line.split(' ')[0])).toEqual([
      'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
      'CLIENT_TRAFFIC_SECRET_0',
      'EXPORTER_SECRET',
      'SERVER_HANDSHAKE_TRAFFIC_SECRET',
      'SERVER_TRAFFIC_SECRET_0',
    ]);
    for (const line of log('client')) expect(line).toMatch(/^[A-Z_0-9]+ [0-9a-f]{64} [0-9a-f]{64}$/);
  });

  it('asks for a certificate only where the server wants one, and lives without where it may', async () => {
    const none = await connected({}, { clientCertificate: 'none' });
    expect(none.of('client', 'message').map(({ type }) => type)).not.toContain('CertificateRequest');
    expect(none.server.session?.peerChain).toEqual([]);
    const request = await connected({ credential: null }, { clientCertificate: 'request' });
    expect(request.server.session).toMatchObject({ peerChain: [], peerIdentity: null });
    const named = await connected(
      {},
      { certificateAuthorities: [(await world()).ca.certificate.subject.der] },
    );
    expect(named.client.state).toBe('Connected');
  });

  it('is asked again where the client sent no share for the group of the server', async () => {
    const pair = await connected({ groups: ['x25519', 'secp256r1'] }, { groups: ['secp256r1'] });
    expect(pair.client.session?.group).toBe('secp256r1');
    expect(
      pair
        .of('client', 'message')
        .map(({ type }) => type)
        .slice(0, 4),
    ).toEqual(['ClientHello', 'HelloRetryRequest', 'ClientHello', 'ServerHello']);
    const changes = pair.of('server', 'record').filter((one) => one.innerType === 'change_cipher_spec');
    expect(changes.map(({ direction }) => direction)).toEqual(['sent', 'received']);
  });

  it('carries no change_cipher_spec where the client does without compatibility', async () => {
    const pair = await connected({ middleboxCompatibility: false });
    expect(pair.of('server', 'record').map((one) => one.outerType)).not.toContain('change_cipher_spec');
  });

  it('is told without spans and hashes where nobody looks', async () => {
    const pair = await connected({ annotate: false }, { annotate: false });
    const messages = [...pair.of('client', 'message'), ...pair.of('server', 'message')];
    expect(messages.every(({ spans, transcriptHash }) => spans.length === 0 && transcriptHash === null)).toBe(
      true,
    );
  });
});

describe('a look at the first octets', () => {
  it('tells what the client asks for, as soon as its hello is there', async () => {
    const of = await world();
    const { bytes } = await new Pair(clientConfig(of), serverConfig(of)).client.start();
    expect(peekClientHello(bytes)).toMatchObject({
      kind: 'client-hello',
      info: {
        serverName: 'outbound_.8080_._.order.shop.svc.cluster.local',
        alpn: ['istio-http/1.1', 'istio', 'http/1.1'],
        supportedVersions: [0x0304],
      },
    });
    for (let length = 0; length < bytes.length; length++)
      expect(peekClientHello(bytes.subarray(0, length)).kind).toBe('incomplete');
    expect(peekClientHello(new TextEncoder().encode('GET / HTTP/1.1\r\n'))).toEqual({ kind: 'not-tls' });
    expect(peekClientHello(bytes.map((octet, at) => (at === 5 ? 2 : octet)))).toEqual({ kind: 'not-tls' });
  });
});

describe('the octets of a message', () => {
  it('are named, with the clause that defines them', async () => {
    const pair = await connected();
    const [hello] = pair.of('client', 'message');
    expect(hello!.spans).toContainEqual(
      expect.objectContaining({ label: 'legacy_version', detail: 'TLS 1.2', ref: 'RFC 9846 4.1.2' }),
    );
    expect(hello!.spans).toContainEqual(
      expect.objectContaining({ label: 'extension', detail: 'key_share', ref: 'RFC 9846 4.2.8' }),
    );
    const seen = pair.of('server', 'message')[0]!;
    expect(seen.spans).toEqual(hello!.spans);
    for (const message of pair.of('client', 'message'))
      expect(message.spans[0]).toMatchObject({ label: 'msg_type', start: 0, end: 1, ref: 'RFC 9846 4' });
  });

  it('are the hello Envoy sends, where TLS 1.2 is offered too', async () => {
    const pair = await connected({ offerTls12: true });
    const [hello] = pair.of('client', 'message');
    const extensions = hello!.spans.filter(({ label }) => label === 'extension').map(({ detail }) => detail);
    expect(extensions).toEqual([
      'server_name',
      'extended_master_secret',
      'renegotiation_info',
      'supported_groups',
      'ec_point_formats',
      'session_ticket',
      'application_layer_protocol_negotiation',
      'signature_algorithms',
      'key_share',
      'psk_key_exchange_modes',
      'supported_versions',
    ]);
    expect(pair.client.state).toBe('Connected');
  });
});
