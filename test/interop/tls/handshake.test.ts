import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyType } from '../../../src/core/pki/index.ts';
import { type CipherSuite, cipherSuites, type NamedGroup } from '../../../src/core/tls/index.ts';
import { type Identity, istiod, type World } from '../../support/istiod.ts';
import { nodeClient, nodeServer } from './node-peer.ts';
import { opensslClient, opensslServer } from './openssl-peer.ts';
import { clientConfig, ourClient, ourServer, serverConfig } from './ours.ts';
import { until } from '../../support/until.ts';

/** Keys of the workloads and of the CA. */
const keys: readonly (readonly [KeyType, KeyType])[] = [
  ['ecdsa-p256', 'ecdsa-p256'],
  ['ecdsa-p384', 'ecdsa-p384'],
  ['rsa-2048', 'rsa-2048'],
  ['ecdsa-p256', 'rsa-2048'],
];

interface Agreed {
  readonly cipher: CipherSuite;
  readonly group: NamedGroup;
}

const suites = Object.keys(cipherSuites) as CipherSuite[];
/** Every cipher, both groups. */
const agreements: readonly Agreed[] = suites.flatMap((cipher) =>
  (['x25519', 'secp256r1'] as const).map((group) => ({ cipher, group })),
);

const opensslGroup: Readonly<Record<NamedGroup, string>> = { x25519: 'X25519', secp256r1: 'P-256' };
/** How s_client calls the key of the server's share. */
const opensslKey: Readonly<Record<NamedGroup, string>> = { x25519: 'X25519', secp256r1: 'ECDH, prime256v1' };

const asFiles = ({ certFile, keyFile }: Identity): string[] => [
  ...['-cert', certFile, '-cert_chain', certFile, '-key', keyFile],
];

describe.each(keys)('with %s certificates of an istiod with %s', (keyType, rootKeyType) => {
  let world: World;
  beforeAll(async () => {
    world = await istiod(keyType, rootKeyType);
  });
  afterAll(() => world.remove());

  const cases =
    keyType === rootKeyType && keyType === 'ecdsa-p256' ? agreements : [agreements[0]!, agreements[3]!];

  it.each(cases)('our client and s_server agree on $cipher and $group', async ({ cipher, group }) => {
    const { port, process } = await opensslServer([
      ...asFiles(world.order),
      ...['-CAfile', world.rootsFile, '-Verify', '3', '-verify_return_error'],
      ...['-ciphersuites', cipher, '-groups', opensslGroup[group]],
    ]);
    const expected = { kind: 'spiffe-ids', ids: [world.order.spiffeId] } as const;
    const client = await ourClient(port, clientConfig(world, world.web, { expected, groups: [group] }));
    const session = await client.session();
    expect(session).toMatchObject({ cipherSuite: cipher, group, resumed: false });
    expect(session.peerIdentity).toBe(world.order.spiffeId);
    await client.transport.write(Buffer.from('ping\n'));
    const said = await process.says('ping');
    expect(said).toContain(`CIPHER is ${cipher}`);
    expect(said).toContain('verify return:1');
    process.type('pong\n');
    expect(await client.receives('pong\n')).toBe('pong\n');
    expect((await client.end()).how).toBe('clean');
  });

  it.each(cases)('s_client and our server agree on $cipher and $group', async ({ cipher, group }) => {
    const expected = { kind: 'spiffe-ids', ids: [world.web.spiffeId] } as const;
    const { port, told } = await ourServer(await serverConfig(world, world.order, { expected }));
    const client = opensslClient(port, [
      ...asFiles(world.web),
      ...['-CAfile', world.rootsFile, '-verify', '3', '-verify_return_error'],
      ...['-ciphersuites', cipher, '-groups', opensslGroup[group]],
    ]);
    const said = await client.says('Verify return code: 0 (ok)');
    expect(said).toContain(`New, TLSv1.3, Cipher is ${cipher}`);
    expect(said).toContain(`Server Temp Key: ${opensslKey[group]}`);
    client.type('ping\n');
    await client.says('ping');
    client.type('Q\n');
    expect(await client.ended).toBe(0);
    await until(() => told[0]?.ended);
    expect(told[0]).toMatchObject({ ended: { how: 'clean' } });
    expect(told[0]!.ended!.session).toMatchObject({
      cipherSuite: cipher,
      group,
      peerIdentity: world.web.spiffeId,
    });
  });

  it.each(cases)('our client and Node agree on $cipher and $group', async ({ cipher, group }) => {
    const server = await nodeServer(world, world.order, { ciphers: cipher, ecdhCurve: opensslGroup[group] });
    const client = await ourClient(server.port, clientConfig(world, world.web, { groups: [group] }));
    expect(await client.session()).toMatchObject({ cipherSuite: cipher, group });
    await client.transport.write(Buffer.from('안녕\n'));
    expect(await client.receives('\n')).toBe('안녕\n');
    const [socket] = server.sockets;
    expect(socket!.authorized).toBe(true);
    expect(socket!.getPeerCertificate().subjectaltname).toBe(`URI:${world.web.spiffeId}`);
    expect((await client.end()).how).toBe('clean');
    expect(server.errors).toEqual([]);
  });

  it.each(cases)('Node and our server agree on $cipher and $group', async ({ cipher, group }) => {
    const { port, told } = await ourServer(await serverConfig(world, world.order));
    const client = nodeClient(port, world, world.web, { ciphers: cipher, ecdhCurve: opensslGroup[group] });
    await client.connected();
    expect(client.socket.authorized).toBe(true);
    expect(client.socket.getCipher().name).toBe(cipher);
    client.socket.end('ping');
    await until(() => client.closed);
    expect(client.text()).toBe('ping');
    expect(client.error).toBeNull();
    await until(() => told[0]?.ended);
    expect(told[0]!.ended!.session).toMatchObject({
      cipherSuite: cipher,
      group,
      peerIdentity: world.web.spiffeId,
    });
  });
});

describe('what else a handshake agrees on', () => {
  let world: World;
  beforeAll(async () => {
    world = await istiod('ecdsa-p256');
  });
  afterAll(() => world.remove());

  it('s_server asks our client again for another group', async () => {
    const { port, process } = await opensslServer([...asFiles(world.order), ...['-groups', 'P-256', '-msg']]);
    const client = await ourClient(port, clientConfig(world, world.web, { groups: ['x25519', 'secp256r1'] }));
    expect(await client.session()).toMatchObject({ group: 'secp256r1' });
    await client.transport.write(Buffer.from('after\n'));
    expect((await process.says('after')).match(/, ClientHello/g)).toHaveLength(2);
  });

  it('our server asks s_client again for another group', async () => {
    const { port } = await ourServer(await serverConfig(world, world.order, { groups: ['secp256r1'] }));
    const client = opensslClient(port, [...asFiles(world.web), '-groups', 'X25519:P-256', '-msg']);
    const said = await client.says('Server Temp Key: ECDH, prime256v1');
    expect(said.match(/, ClientHello/g)).toHaveLength(2);
    client.type('ping\n');
    await client.says('ping\n');
  });

  it.each([
    ['X25519:P-256', ['secp256r1'] as const],
    ['P-256:X25519', ['x25519'] as const],
  ])('our server asks Node (%s) again for %s', async (ecdhCurve, groups) => {
    const { port, told } = await ourServer(await serverConfig(world, world.order, { groups }));
    const client = nodeClient(port, world, world.web, { ecdhCurve });
    await client.connected();
    client.socket.write('ping');
    await until(() => client.text() === 'ping');
    expect(told[0]!.lines[0]).toMatchObject({
      event: 'handshake',
      group: groups[0] === 'secp256r1' ? 'p256' : 'x25519',
    });
  });

  it('Node asks our client again for another group', async () => {
    const server = await nodeServer(world, world.order, { ecdhCurve: 'X25519' });
    const client = await ourClient(
      server.port,
      clientConfig(world, world.web, { groups: ['secp256r1', 'x25519'] }),
    );
    expect(await client.session()).toMatchObject({ group: 'x25519' });
  });

  it('s_server chooses a protocol for our client', async () => {
    const { port, process } = await opensslServer([...asFiles(world.order), '-alpn', 'istio,http/1.1']);
    const client = await ourClient(port, clientConfig(world, null, { alpn: ['istio-http/1.1', 'istio'] }));
    expect(await client.session()).toMatchObject({ alpn: 'istio', serverName: null });
    await client.transport.write(Buffer.from('x\n'));
    expect(await process.says(/^x$/m)).toContain('ALPN protocols selected: istio');
  });

  it('s_server hears the name that our client asks for', async () => {
    const { certFile, keyFile } = world.order;
    const { port, process } = await opensslServer([
      ...asFiles(world.web),
      ...['-servername', 'order.shop', '-cert2', certFile, '-key2', keyFile],
    ]);
    const client = await ourClient(port, clientConfig(world, null, { serverName: 'order.shop' }));
    expect(await client.session()).toMatchObject({
      serverName: 'order.shop',
      peerIdentity: world.order.spiffeId,
    });
    await process.says('Hostname in TLS extension: "order.shop"');
  });

  it('ALPN and SNI of s_client reach our server', async () => {
    const { port, told } = await ourServer(
      await serverConfig(world, world.order, { alpn: ['istio', 'http/1.1'] }),
    );
    const sni = 'outbound_.80_._.order.shop.svc.cluster.local';
    const client = opensslClient(port, [
      ...asFiles(world.web),
      ...['-alpn', 'http/1.1,istio', '-servername', sni],
    ]);
    await client.says('ALPN protocol: istio');
    await until(() => told[0]?.lines[0]);
    expect(told[0]!.lines[0]).toMatchObject({ event: 'handshake', alpn: 'istio', sni });
  });

  it('Node and our server refuse each other where no protocol is common', async () => {
    const { port, told } = await ourServer(await serverConfig(world, world.order, { alpn: ['istio'] }));
    const client = nodeClient(port, world, world.web, { ALPNProtocols: ['h2'] });
    await until(() => client.error);
    expect(client.error).toContain('no application protocol');
    await until(() => told[0]?.ended);
    expect(told[0]!.lines).toMatchObject([
      { event: 'alert', sent: true, alert: 'no_application_protocol' },
      { event: 'closed' },
    ]);
  });

  it('a server without TLS 1.3 is refused, and a client without it', async () => {
    const server = await nodeServer(world, world.order, { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' });
    const client = await ourClient(server.port, clientConfig(world, world.web));
    await until(() => client.ended);
    expect(client.lines[0]).toMatchObject({ event: 'alert', alert: 'protocol_version', sent: false });
    const { port, told } = await ourServer(await serverConfig(world, world.order));
    const old = nodeClient(port, world, world.web, { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' });
    await until(() => old.error);
    expect(old.error).toContain('alert protocol version');
    await until(() => told[0]?.ended);
    expect(told[0]!.lines[0]).toMatchObject({ alert: 'protocol_version', sent: true });
  });
});
