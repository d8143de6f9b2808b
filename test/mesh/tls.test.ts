import { describe, expect, it } from 'vitest';
import type { Mesh } from '../../src/mesh/index.ts';
import type { Entry, EntryKind, TlsSide } from '../../src/trace/index.ts';
import { entriesOf, hourMs, request, shape, shop, start } from './support/shop.ts';

const minuteMs = 60_000;

const ofTls = (mesh: Mesh, connection: string, side?: TlsSide): readonly Entry[] =>
  mesh.trace.entries.filter(
    ({ data }) =>
      'connection' in data &&
      data.connection === connection &&
      (side === undefined || ('side' in data && data.side === side)),
  );

const kindsOf = (entries: readonly Entry[]): EntryKind[] =>
  entries.map(({ kind }) => kind).filter((kind) => kind !== 'tls.secret' && kind !== 'tls.keyed');

async function connected(): Promise<Mesh> {
  const mesh = await start(shop);
  await mesh.driver.advanceTo(30_000);
  await request(mesh, 'shop/frontend', 'shop/order');
  await mesh.driver.advanceTo(mesh.now() + 1_000);
  return mesh;
}

describe('a request between two sidecars', () => {
  it('is told by each end in its own order', async () => {
    const mesh = await connected();
    expect(kindsOf(ofTls(mesh, 'connection:1', 'client'))).toEqual([
      'tls.started',
      'tls.sent', // ClientHello
      'tls.received', // ServerHello … Finished
      'tls.verified', // certificate
      'tls.verified', // certificate-verify
      'tls.verified', // finished
      'tls.established',
      'tls.sent', // Certificate … Finished
      'tls.sent', // the request
      'tls.received', // two tickets
      'tls.ticket',
      'tls.ticket',
      'tls.received', // the response
      'tls.alert', // close_notify
      'tls.sent',
      'tls.received',
      'tls.alert',
      'tls.closed',
    ]);
    expect(kindsOf(ofTls(mesh, 'connection:1', 'server'))).toEqual([
      'tls.started',
      'tls.received',
      'tls.sent',
      'tls.received',
      'tls.verified',
      'tls.verified',
      'tls.verified',
      'tls.established',
      'tls.sent',
      'tls.received',
      'tls.sent',
      'tls.received',
      'tls.alert',
      'tls.alert',
      'tls.closed',
      'tls.sent',
    ]);
    mesh.stop();
  });

  it('makes both ends compute the same secrets', async () => {
    const mesh = await connected();
    const secrets = (side: TlsSide) =>
      new Map(
        ofTls(mesh, 'connection:1', side).flatMap(({ kind, data }) =>
          kind === 'tls.secret' ? [[`${data.name} ${data.context ?? ''}`, data.value]] : [],
        ),
      );
    const client = secrets('client');
    const server = secrets('server');
    expect(client.size).toBeGreaterThan(12);
    for (const [name, value] of client) if (server.has(name)) expect(server.get(name), name).toBe(value);
    expect(server.size).toBe(client.size);
    mesh.stop();
  });

  it('asks as Istio programs it, and each side proves its account', async () => {
    const mesh = await connected();
    const started = entriesOf(mesh, 'tls.started').filter(({ data }) => data.connection === 'connection:1');
    expect(started[0]?.data).toMatchObject({
      side: 'client',
      serverName: 'outbound_.8080_._.order.shop.svc.cluster.local',
      alpn: ['istio-http/1.1', 'istio', 'http/1.1'],
      expects: ['spiffe://cluster.local/ns/shop/sa/order'],
      destinationPort: 8080,
    });
    expect(started[1]?.data).toMatchObject({ side: 'server', expects: ['spiffe://cluster.local/'] });
    const established = entriesOf(mesh, 'tls.established').filter(
      ({ data }) => data.connection === 'connection:1',
    );
    expect(established.map(({ data }) => data)).toEqual([
      expect.objectContaining({
        side: 'client',
        cipherSuite: 'TLS_AES_128_GCM_SHA256',
        group: 'x25519',
        alpn: 'http/1.1',
        peer: 'spiffe://cluster.local/ns/shop/sa/order',
      }),
      expect.objectContaining({ side: 'server', peer: 'spiffe://cluster.local/ns/shop/sa/frontend' }),
    ]);
    mesh.stop();
  });

  it('is plain on both loopbacks and unreadable between the sidecars', async () => {
    const mesh = await connected();
    const texts = entriesOf(mesh, 'message.sent')
      .filter(({ data }) => data.protocol === 'HTTP' || data.protocol === 'TLS')
      .filter(({ atMs }) => atMs >= 30_000)
      .map(({ data }) => ({
        hop: `${data.from.split(':')[0]}>${data.to.split(':')[0]}`,
        text: new TextDecoder().decode(mesh.artefacts.get(data.artefact)?.bytes),
      }));
    expect(texts.map(({ hop }) => hop)).toEqual([
      'app>envoy',
      'envoy>envoy',
      'envoy>envoy',
      'envoy>envoy',
      'envoy>envoy',
      'envoy>envoy',
      'envoy>app',
      'app>envoy',
      'envoy>envoy',
      'envoy>app',
      'envoy>envoy',
      'envoy>envoy',
    ]);
    for (const { hop, text } of texts) {
      if (hop !== 'envoy>envoy') expect(text).toContain('HTTP/1.1');
      else expect(text).not.toMatch(/HTTP\/1\.1 200|GET \/ |spiffe:/);
    }
    mesh.stop();
  });

  it('tells the app behind the server who called, whatever the caller claims', async () => {
    const mesh = await start(shop);
    await mesh.driver.advanceTo(30_000);
    const forged = 'By=spiffe://x;Hash=00;Subject="";URI=spiffe://cluster.local/ns/shop/sa/payment';
    mesh.do({
      type: 'request',
      from: 'shop/frontend',
      to: 'shop/order',
      headers: { 'x-version': '2', 'x-forwarded-client-cert': forged },
    });
    await mesh.driver.advanceTo(31_000);
    const given = entriesOf(mesh, 'message.sent').find(
      ({ data }) => data.from.startsWith('envoy:shop/order') && data.to.startsWith('app:shop/order'),
    );
    const text = new TextDecoder().decode(mesh.artefacts.get(given?.data.artefact ?? '')?.bytes);
    expect(text).toContain('x-version: 2\r\n');
    expect(text).toMatch(/x-request-id: [0-9a-f-]{36}\r\n/);
    expect(text).toMatch(
      /,By=spiffe:\/\/cluster\.local\/ns\/shop\/sa\/order;Hash=[0-9a-f]{64};Subject="";URI=spiffe:\/\/cluster\.local\/ns\/shop\/sa\/frontend\r\n/,
    );
    mesh.stop();
  });
});

describe('sessions', () => {
  it('are resumed without certificates, and counted', async () => {
    const mesh = await connected();
    await request(mesh, 'shop/frontend', 'shop/order');
    const established = entriesOf(mesh, 'tls.established').filter(
      ({ data }) => data.connection === 'connection:2',
    );
    expect(established.map(({ data }) => data.resumed)).toEqual([true, true]);
    expect(established.map(({ data }) => data.peer)).toEqual([
      'spiffe://cluster.local/ns/shop/sa/order',
      'spiffe://cluster.local/ns/shop/sa/frontend',
    ]);
    const sent = entriesOf(mesh, 'tls.sent').filter(({ data }) => data.connection === 'connection:2');
    expect(sent.flatMap(({ data }) => data.messages.map(({ type }) => type))).not.toContain('Certificate');
    expect(
      entriesOf(mesh, 'stats.counted').some(({ data }) => data.stat.endsWith('ssl.session_reused')),
    ).toBe(true);
    mesh.stop();
  });

  it('of before a rotation are not resumed: the new context knows neither session nor ticket key', async () => {
    const mesh = await connected();
    await mesh.driver.advanceTo(13 * hourMs);
    await request(mesh, 'shop/frontend', 'shop/order');
    const last = entriesOf(mesh, 'tls.established').at(-1);
    expect(last?.data.resumed).toBe(false);
    const opened = entriesOf(mesh, 'connection.opened').map(({ data }) => data.serverCertificate);
    expect(new Set(opened).size).toBe(2);
    mesh.stop();
  });

  it('that are held live on across a rotation with the keys they have', async () => {
    const mesh = await start(shop);
    await mesh.driver.advanceTo(30_000);
    mesh.do({ type: 'request', from: 'shop/frontend', to: 'shop/order', hold: 'long' });
    await mesh.driver.advanceTo(13 * hourMs);
    expect(mesh.do({ type: 'update-keys', connection: 'long' })).toMatchObject({ ok: true });
    await mesh.driver.advanceTo(mesh.now() + 1_000);
    mesh.do({ type: 'request', from: 'shop/frontend', to: 'shop/order', on: 'long' });
    await mesh.driver.advanceTo(mesh.now() + 1_000);
    expect(entriesOf(mesh, 'request.answered').map(({ data }) => data.status)).toEqual([200, 200]);
    const updates = entriesOf(mesh, 'tls.keys-updated').map(({ data }) => `${data.side} ${data.direction}`);
    expect([...updates].sort()).toEqual(['client received', 'client sent', 'server received', 'server sent']);
    mesh.stop();
  });
});

describe('CreateCertificate', () => {
  it('goes over TLS to istiod, which proves its DNS name; token and CSR are inside', async () => {
    const mesh = await start(shop);
    await mesh.driver.advanceTo(30_000);
    const calls = entriesOf(mesh, 'message.sent').filter(({ data }) => data.label === 'CSR + token');
    expect(calls).toHaveLength(3);
    const [call] = calls;
    const flight = entriesOf(mesh, 'tls.sent').find(({ data }) => data.message === call?.data.message)?.data;
    const record = flight?.records[0];
    const frames = new TextDecoder().decode(mesh.artefacts.get(record?.data ?? '')?.bytes);
    expect(frames).toContain('PRI * HTTP/2.0');
    expect(frames).toContain('Bearer eyJ');
    expect(frames).toContain('BEGIN CERTIFICATE REQUEST');
    const onWire = new TextDecoder().decode(mesh.artefacts.get(flight?.artefact ?? '')?.bytes);
    expect(onWire).not.toContain('Bearer');
    const verified = entriesOf(mesh, 'tls.verified').find(
      ({ data }) => data.of === 'certificate' && data.connection.startsWith('ca:'),
    );
    expect(verified?.data).toMatchObject({ ok: true, identity: 'istiod.istio-system.svc', side: 'client' });
    mesh.stop();
  });

  const dialled = (mesh: Mesh) =>
    entriesOf(mesh, 'tls.started').filter(({ data }) => data.purpose === 'ca' && data.side === 'client')
      .length;
  const closed = (mesh: Mesh) =>
    entriesOf(mesh, 'tls.closed').filter(({ data }) => data.connection.startsWith('ca:'));

  it('is kept for renewals that come within half an hour, and made again after istiod was away', async () => {
    const mesh = await start(shop, { settings: { secretTtlMs: 40 * minuteMs } });
    await mesh.driver.advanceTo(90 * minuteMs);
    expect(dialled(mesh)).toBe(3);
    expect(entriesOf(mesh, 'svid.received')).toHaveLength(15);
    mesh.do({ type: 'stop-istiod' });
    await mesh.driver.advanceTo(mesh.now() + 1_000);
    expect(closed(mesh).map(({ data }) => data.how)).toEqual(['truncated', 'truncated', 'truncated']);
    mesh.do({ type: 'start-istiod' });
    await mesh.driver.advanceTo(mesh.now() + 20 * minuteMs);
    expect(dialled(mesh)).toBe(6);
    expect(entriesOf(mesh, 'svid.received')).toHaveLength(18);
    mesh.stop();
  });

  it('is closed half an hour after its last call, and made again for the renewal', async () => {
    const mesh = await start(shop);
    await mesh.driver.advanceTo(hourMs);
    const ended = closed(mesh);
    expect(ended.map(({ data }) => data.how)).toEqual(Array.from({ length: 6 }, () => 'clean'));
    const answered = entriesOf(mesh, 'svid.received').map(({ atMs }) => atMs + 30 * minuteMs);
    const client = ended.filter(({ data }) => data.side === 'client').map(({ atMs }) => atMs);
    for (const [i, atMs] of client.entries()) {
      expect(atMs).toBeGreaterThanOrEqual(answered[i]!);
      expect(atMs).toBeLessThan(answered[i]! + 1_000);
    }
    await mesh.driver.advanceTo(13 * hourMs);
    expect(dialled(mesh)).toBe(6);
    expect(entriesOf(mesh, 'svid.received')).toHaveLength(6);
    expect(closed(mesh)).toHaveLength(12);
    mesh.stop();
  });

  it('is not closed when its pod is gone before', async () => {
    const mesh = await start(shop);
    await mesh.driver.advanceTo(minuteMs);
    mesh.do({ type: 'scale', workload: 'shop/order', replicas: 0 });
    await mesh.driver.advanceTo(hourMs);
    expect(closed(mesh).filter(({ data }) => data.side === 'client')).toHaveLength(2);
    mesh.stop();
  });

  it('is lost when istiod stops under it, and is made again', async () => {
    const mesh = await start(shop, { settings: { latencyMs: 50 } });
    await mesh.driver.advanceTo(60_000, { until: () => entriesOf(mesh, 'tls.established').length > 0 });
    mesh.do({ type: 'stop-istiod' });
    await mesh.driver.advanceTo(mesh.now() + 2_000);
    expect(entriesOf(mesh, 'renewal.failed')[0]?.data.status).toMatchObject({ name: 'Unavailable' });
    mesh.do({ type: 'start-istiod' });
    await mesh.driver.advanceTo(mesh.now() + 60_000);
    expect(entriesOf(mesh, 'pod.ready')).toHaveLength(3);
    mesh.stop();
  });
});

describe('a run that is continued from its past', () => {
  it('goes on with the connections that were open, though none of their calls was made again', async () => {
    const first = await start(shop);
    await first.driver.advanceTo(30_000);
    first.do({ type: 'request', from: 'shop/frontend', to: 'shop/order', hold: 'long' });
    await first.driver.advanceTo(31_000);
    const tape = first.tape.upTo(first.tapePosition());
    const known = first.trace.entries.length;
    // The first run goes its own way: its connection is further on than the tape.
    first.do({ type: 'request', from: 'shop/frontend', to: 'shop/order', on: 'long' });
    await first.driver.advanceTo(32_000);

    const second = await start(shop, { tape });
    await second.driver.advanceTo(30_000);
    second.do({ type: 'request', from: 'shop/frontend', to: 'shop/order', hold: 'long' });
    await second.driver.advanceTo(31_000);
    expect(second.trace.entries).toEqual(first.trace.entries.slice(0, known));
    second.do({ type: 'request', from: 'shop/frontend', to: 'shop/order', on: 'long' });
    await second.driver.advanceTo(32_000);
    expect(entriesOf(second, 'request.answered').map(({ data }) => data.status)).toEqual([200, 200]);
    // Connections to istiod that were opened on the tape are ended in good order; sessions of the tape are resumed.
    second.do({ type: 'request', from: 'shop/frontend', to: 'shop/order' });
    await second.driver.advanceTo(14 * hourMs);
    expect(entriesOf(second, 'tls.established').filter(({ data }) => data.resumed)).toHaveLength(2);
    const left = entriesOf(second, 'tls.closed').filter(({ data }) => data.connection.startsWith('ca:'));
    expect(left.filter(({ data }) => data.how === 'clean').length).toBeGreaterThanOrEqual(6);
    expect(entriesOf(second, 'svid.received')).toHaveLength(6);
    expect(entriesOf(second, 'renewal.failed')).toEqual([]);
    expect(entriesOf(second, 'tls.alert').filter(({ data }) => data.level === 'fatal')).toEqual([]);
    first.stop();
    second.stop();
  });
});

describe('without evidence', () => {
  it('leaves only how handshakes ended, and decides the same', async () => {
    const mesh = await start(shop, { tlsEvidence: 'none', record: false, keep: 'last' });
    await mesh.driver.advanceTo(30_000);
    expect(await request(mesh, 'shop/frontend', 'shop/order')).toMatchObject({
      outcome: 'allowed',
      status: 200,
    });
    const kinds = new Set(
      mesh.trace.entries.map(({ kind }) => kind).filter((kind) => /^(tls|access|stats)/.test(kind)),
    );
    expect([...kinds].sort()).toEqual(['tls.alert', 'tls.established']);
    expect(mesh.artefacts.counts['tls-message']).toBeUndefined();
    mesh.stop();
  });
});

it('two runs of a seed tell the same, attacks and all', async () => {
  const run = async () => {
    const mesh = await start(shop);
    await mesh.driver.advanceTo(30_000);
    mesh.do({
      type: 'tamper',
      from: 'shop/frontend',
      to: 'shop/order',
      message: 'ServerFlight',
      action: 'flip',
    });
    mesh.do({ type: 'present', pod: 'shop/payment', certificate: 'other-root' });
    mesh.do({ type: 'request', from: 'shop/frontend', to: 'shop/order', count: 3 });
    mesh.do({ type: 'request', from: 'shop/payment', to: 'shop/order' });
    await mesh.driver.advanceTo(40_000);
    mesh.stop();
    return mesh.trace.entries.map((entry) => shape([entry]));
  };
  expect(await run()).toEqual(await run());
});
