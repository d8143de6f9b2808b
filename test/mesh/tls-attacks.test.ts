import { describe, expect, it } from 'vitest';
import type { Mesh, MeshCommand } from '../../src/mesh/index.ts';
import { account, apply, deployment, entriesOf, request, shop, start } from './support/shop.ts';

const withMallory = shop + account('mallory') + deployment('mallory');

function must(mesh: Mesh, command: MeshCommand): void {
  const result = mesh.do(command);
  if (!result.ok) throw new Error(JSON.stringify(result.refusals));
}

/** What each side noticed of the last request from frontend to order after a command. */
async function attacked(command: MeshCommand, before: MeshCommand[] = []) {
  const mesh = await start(withMallory);
  await mesh.driver.advanceTo(30_000);
  for (const one of before) must(mesh, one);
  must(mesh, command);
  await mesh.driver.advanceTo(mesh.now());
  const answer = await request(mesh, 'shop/frontend', 'shop/order');
  await mesh.driver.advanceTo(mesh.now() + 1_000);
  const seen = {
    answer,
    alerts: entriesOf(mesh, 'tls.alert')
      .filter(({ data }) => data.description !== 'close_notify')
      .map(({ data: { side, direction, description } }) => `${side} ${direction} ${description}`),
    refused: entriesOf(mesh, 'connection.refused').map(({ data }) => `${data.side} ${data.reason}`),
    decided: entriesOf(mesh, 'connection.refused').map(({ data }) => `${data.by} ${data.alert}`),
    stats: entriesOf(mesh, 'stats.counted').map(({ data }) => data.stat.replace(/^.*\.ssl\./, 'ssl.')),
    log: entriesOf(mesh, 'access.logged').map(({ data }) => `${data.direction} ${data.status} ${data.flags}`),
    failure: entriesOf(mesh, 'access.logged').at(-1)?.data.transportFailure ?? null,
    debug: entriesOf(mesh, 'connection.logged').map(({ data }) => data.line),
  };
  mesh.stop();
  return seen;
}

const present = (
  pod: string,
  certificate: Extract<MeshCommand, { type: 'present' }>['certificate'],
  as?: string,
): MeshCommand => ({ type: 'present', pod, certificate, ...(as === undefined ? {} : { as }) });

const verifyFailed = (detail: string) =>
  `TLS_error:|268435581:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify_cert_failed:_${detail}:TLS_error_end`;

describe('a server that presents', () => {
  it.each([
    [
      'expired',
      'certificate_expired',
      'certificate-expired',
      verifyFailed('X509_verify_cert:_certificate_verification_error_at_depth_0:_certificate_has_expired'),
      'ssl.fail_verify_error',
    ],
    // A workload of Istio sends its root too, so the foreign one is seen and not merely missed.
    ['other-root', 'unknown_ca', 'self-signed-untrusted', null, 'ssl.fail_verify_error'],
    ['self-signed', 'unknown_ca', 'self-signed-untrusted', null, 'ssl.fail_verify_error'],
  ] as const)(
    'a certificate that is %s is refused by the client',
    async (which, alert, reason, text, stat) => {
      const seen = await attacked(present('shop/order', which));
      expect(seen.alerts).toEqual([`client sent ${alert}`, `server received ${alert}`]);
      expect(seen.refused).toEqual([`client ${reason}`]);
      expect(seen.decided).toEqual([`PeerIdentity ${alert}`]);
      expect(seen.answer).toMatchObject({ outcome: 'refused', status: 503, by: 'PeerIdentity' });
      expect(seen.log).toEqual(['outbound 503 URX,UF']);
      if (text !== null) expect(seen.failure).toBe(text);
      expect(seen.stats).toEqual([stat, 'ssl.connection_error']);
    },
  );

  it('a valid certificate of another identity is refused by its name', async () => {
    const seen = await attacked(present('shop/order', 'other-identity', 'shop/mallory'));
    expect(seen.alerts[0]).toBe('client sent certificate_unknown');
    expect(seen.refused).toEqual(['client name-mismatch']);
    expect(seen.failure).toBe(
      verifyFailed('SAN_matcher,_certificate_SANs_are_[spiffe://cluster.local/ns/shop/sa/mallory]'),
    );
    expect(seen.stats).toEqual(['ssl.fail_verify_san', 'ssl.connection_error']);
  });

  it('nothing but plaintext HTTP is no TLS server', async () => {
    const seen = await attacked(present('shop/order', 'plaintext'));
    expect(seen.failure).toBe(
      'TLS_error:|268435703:SSL_routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end',
    );
    expect(seen.answer).toMatchObject({ outcome: 'refused', status: 503, by: 'TLS' });
    expect(seen.decided).toEqual([`TLS ${seen.alerts[0]?.split(' ').at(-1)}`]);
  });

  it("a copy of another's certificate is refused for its signature: who it is remains unproven", async () => {
    const hijack: MeshCommand = { type: 'hijack', service: 'shop/order', to: 'shop/mallory' };
    const seen = await attacked(hijack, [present('shop/mallory', 'copied', 'shop/order')]);
    expect(seen.refused).toEqual(['client certificate-verify.signature']);
    expect(seen.decided).toEqual(['PeerIdentity decrypt_error']);
    expect(seen.answer).toMatchObject({ outcome: 'refused', by: 'PeerIdentity' });
  });
});

describe('a client that presents', () => {
  it.each([
    ['expired', 'certificate_expired', 'certificate-expired', 'ssl.fail_verify_error'],
    ['self-signed', 'unknown_ca', 'self-signed-untrusted', 'ssl.fail_verify_error'],
    ['none', 'certificate_required', 'certificate.required', 'ssl.fail_verify_no_cert'],
  ] as const)(
    '%s thinks it is connected until the server has judged it',
    async (which, alert, reason, stat) => {
      const seen = await attacked(present('shop/frontend', which));
      expect(seen.alerts).toEqual([`server sent ${alert}`, `client received ${alert}`]);
      expect(seen.refused).toEqual([`server ${reason}`]);
      expect(seen.decided).toEqual([`PeerIdentity ${alert}`]);
      expect(seen.answer).toMatchObject({ outcome: 'refused', status: 503, by: 'PeerIdentity' });
      expect(seen.answer.reason).toContain(
        'UC upstream_reset_before_response_started{connection_termination}',
      );
      expect(seen.log).toEqual(['outbound 503 UC']);
      expect(seen.stats).toEqual(['ssl.handshake', stat, 'ssl.connection_error']);
      expect(seen.debug).toHaveLength(1);
    },
  );

  it('a stolen key passes as whom it was stolen from', async () => {
    const seen = await attacked(present('shop/frontend', 'other-identity', 'shop/mallory'));
    expect(seen.answer).toMatchObject({ outcome: 'allowed', status: 200 });
    expect(seen.alerts).toEqual([]);
  });
});

describe('somebody on the network who', () => {
  const tamper = (
    message: Extract<MeshCommand, { type: 'tamper' }>['message'],
    action: Extract<MeshCommand, { type: 'tamper' }>['action'],
  ): MeshCommand => ({ type: 'tamper', from: 'shop/frontend', to: 'shop/order', message, action });

  it.each([
    ['ClientHello', 'client sent bad_record_mac'],
    ['ServerFlight', 'client sent bad_record_mac'],
    ['ClientFlight', 'server sent bad_record_mac'],
    ['Request', 'server sent bad_record_mac'],
    ['Response', 'client sent bad_record_mac'],
  ] as const)('flips a bit of %s is noticed', async (message, alert) => {
    const seen = await attacked(tamper(message, 'flip'));
    expect(seen.alerts[0]).toBe(alert);
    expect(seen.answer).toMatchObject({ outcome: 'refused', status: 503, by: 'TLS' });
    expect(new Set(seen.decided)).toEqual(new Set(['TLS bad_record_mac']));
  });

  it('repeats a request is noticed: its number has been used', async () => {
    const seen = await attacked(tamper('Request', 'replay'));
    expect(seen.alerts[0]).toBe('server sent bad_record_mac');
  });

  it.each(['ClientHello', 'ServerFlight', 'Request', 'Response'] as const)(
    'drops %s leaves the caller waiting until it gives up',
    async (message) => {
      const seen = await attacked(tamper(message, 'drop'));
      expect(seen.answer).toMatchObject({ outcome: 'failed', status: 503 });
    },
  );

  it('drops the client flight is noticed by what follows it', async () => {
    const seen = await attacked(tamper('ClientFlight', 'drop'));
    expect(seen.alerts[0]).toBe('server sent bad_record_mac');
    expect(seen.answer).toMatchObject({ outcome: 'refused', status: 503 });
  });

  it('repeats a ClientHello gets a ServerHello it can make nothing of', async () => {
    const seen = await attacked(tamper('ClientHello', 'replay'));
    expect(seen.answer).toMatchObject({ outcome: 'allowed' });
  });
});

describe('a hijacked service', () => {
  it('leads to a valid certificate of the wrong identity', async () => {
    const seen = await attacked({ type: 'hijack', service: 'shop/order', to: 'shop/mallory' });
    expect(seen.refused).toEqual(['client name-mismatch']);
    expect(seen.answer).toMatchObject({ outcome: 'refused', by: 'PeerIdentity' });
  });

  it('is healed', async () => {
    const mesh = await start(withMallory);
    await mesh.driver.advanceTo(30_000);
    must(mesh, { type: 'hijack', service: 'shop/order', to: 'shop/mallory' });
    must(mesh, { type: 'heal' });
    expect(await request(mesh, 'shop/frontend', 'shop/order')).toMatchObject({ outcome: 'allowed' });
    mesh.stop();
  });
});

describe('PeerAuthentication', () => {
  const mode = (value: string) => `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: shop }
spec: { mtls: { mode: ${value} } }
---
`;
  const legacy = `
apiVersion: v1
kind: Namespace
metadata: { name: legacy }
---
${deployment('db', { namespace: 'legacy', account: 'default' })}`;

  it('STRICT has no chain for plaintext', async () => {
    const mesh = await start(shop + legacy);
    await mesh.driver.advanceTo(30_000);
    expect(await request(mesh, 'legacy/db', 'shop/order')).toMatchObject({ outcome: 'allowed' });
    apply(mesh, mode('STRICT'));
    expect(await request(mesh, 'legacy/db', 'shop/order')).toMatchObject({
      outcome: 'refused',
      status: 0,
      by: 'PeerAuthentication',
      reason: 'curl: (56) Recv failure: Connection reset by peer; filter_chain_not_found',
    });
    const line = entriesOf(mesh, 'access.logged').at(-1)?.data.line ?? '';
    expect(line).toContain('"- - -" 0 NR filter_chain_not_found - "-" 0 0 0 - "-" "-" "-" "-" "-" - -');
    expect(await request(mesh, 'shop/frontend', 'shop/order')).toMatchObject({ outcome: 'allowed' });
    mesh.stop();
  });

  it('DISABLE means plaintext between sidecars', async () => {
    const mesh = await start(shop + mode('DISABLE'));
    await mesh.driver.advanceTo(30_000);
    expect(await request(mesh, 'shop/frontend', 'shop/order')).toMatchObject({
      outcome: 'allowed',
      peer: null,
    });
    expect(entriesOf(mesh, 'connection.opened')[0]?.data.security).toBe('plaintext');
    mesh.stop();
  });
});

describe('one-way TLS', () => {
  it('lets anybody in, without a name', async () => {
    const mesh = await start(withMallory);
    await mesh.driver.advanceTo(30_000);
    must(mesh, { type: 'serve', pod: 'shop/order', tls: 'one-way' });
    must(mesh, present('shop/mallory', 'none'));
    expect(await request(mesh, 'shop/mallory', 'shop/order')).toMatchObject({
      outcome: 'allowed',
      status: 200,
    });
    const server = entriesOf(mesh, 'tls.established').find(
      ({ data }) => data.side === 'server' && data.connection === 'connection:1',
    );
    expect(server?.data.peer).toBeNull();
    mesh.stop();
  });
});

describe('0-RTT', () => {
  it('hands a request to the app twice when its first flight is repeated', async () => {
    const mesh = await start(shop);
    await mesh.driver.advanceTo(30_000);
    must(mesh, { type: 'serve', pod: 'shop/order', earlyData: true });
    await request(mesh, 'shop/frontend', 'shop/order');
    await mesh.driver.advanceTo(mesh.now() + 1_000);
    const served = () =>
      entriesOf(mesh, 'message.delivered').filter(
        ({ data }) => data.from.startsWith('envoy:shop/order') && data.to.startsWith('app:shop/order'),
      ).length;
    expect(served()).toBe(1);
    must(mesh, {
      type: 'tamper',
      from: 'shop/frontend',
      to: 'shop/order',
      message: 'ClientHello',
      action: 'replay',
    });
    expect(await request(mesh, 'shop/frontend', 'shop/order')).toMatchObject({
      outcome: 'allowed',
      status: 200,
    });
    await mesh.driver.advanceTo(mesh.now() + 1_000);
    expect(entriesOf(mesh, 'tls.early-data').filter(({ data }) => data.accepted).length).toBeGreaterThan(1);
    expect(served()).toBe(3);
    mesh.stop();
  });
});
