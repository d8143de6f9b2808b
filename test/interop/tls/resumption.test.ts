import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { istiod, type World } from '../../support/istiod.ts';
import { nodeClient, nodeServer } from './node-peer.ts';
import { opensslClient, opensslServer } from './openssl-peer.ts';
import { clientConfig, ourClient, ourServer, serverConfig } from './ours.ts';
import { until } from '../../support/until.ts';

describe('resumption', () => {
  let world: World;
  beforeAll(async () => {
    world = await istiod('ecdsa-p256');
  });
  afterAll(() => world.remove());

  const files = (name: 'order' | 'web'): string[] => [
    '-cert',
    world[name].certFile,
    '-key',
    world[name].keyFile,
  ];

  it.each(['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384'] as const)(
    'our client resumes with s_server: %s',
    async (cipher) => {
      const { port, process } = await opensslServer([
        ...files('order'),
        ...['-CAfile', world.rootsFile, '-Verify', '3', '-ciphersuites', cipher],
      ]);
      const config = clientConfig(world, world.web);
      const first = await ourClient(port, config);
      await first.session();
      await until(() => first.tickets[0]);
      await first.end();
      const second = await ourClient(port, { ...config, ticket: first.tickets[0]!.ticket });
      const session = await second.session();
      expect(session).toMatchObject({
        resumed: true,
        cipherSuite: cipher,
        peerIdentity: world.order.spiffeId,
      });
      await second.transport.write(Buffer.from('resumed\n'));
      expect(await process.says(/^resumed$/m)).toContain('Reused session-id');
      expect((await second.end()).how).toBe('clean');
    },
  );

  it('s_client resumes with our server, which still knows who it is', async () => {
    const { port, told } = await ourServer(await serverConfig(world, world.order));
    const kept = join(world.directory, 'session.pem');
    const args = [...files('web'), '-CAfile', world.rootsFile];
    const first = opensslClient(port, [...args, '-sess_out', kept]);
    // What our server sends after its tickets comes after them.
    first.type('ping\n');
    await first.says('ping\n');
    first.type('Q\n');
    await first.ended;
    const second = opensslClient(port, [...args, '-sess_in', kept]);
    await second.says('Reused, TLSv1.3, Cipher is');
    second.type('ping\n');
    await second.says('ping\n');
    second.type('Q\n');
    expect(await second.ended).toBe(0);
    await until(() => told[1]?.ended);
    expect(told.map(({ lines }) => lines[0])).toMatchObject([
      { event: 'handshake', resumed: false, peer: world.web.spiffeId },
      { event: 'handshake', resumed: true, peer: world.web.spiffeId },
    ]);
  });

  it('our client resumes with Node', async () => {
    const server = await nodeServer(world, world.order);
    const config = clientConfig(world, world.web);
    const first = await ourClient(server.port, config);
    await until(() => first.tickets[0]);
    await first.end();
    const second = await ourClient(server.port, { ...config, ticket: first.tickets[0]!.ticket });
    expect(await second.session()).toMatchObject({ resumed: true });
    await second.transport.write(Buffer.from('again'));
    await second.receives('again');
    expect(server.sockets[1]!.isSessionReused()).toBe(true);
  });

  it('Node resumes with our server', async () => {
    const { port, told } = await ourServer(await serverConfig(world, world.order));
    const first = nodeClient(port, world, world.web);
    await until(() => first.sessions[0]);
    first.socket.end();
    await until(() => first.closed);
    const second = nodeClient(port, world, world.web, { session: first.sessions[0]! });
    await second.connected();
    expect(second.socket.isSessionReused()).toBe(true);
    second.socket.end('again');
    await until(() => second.closed);
    expect(second.text()).toBe('again');
    expect(told[1]!.lines[0]).toMatchObject({ resumed: true, peer: world.web.spiffeId });
  });

  it('falls back to a full handshake with a server that has lost its keys', async () => {
    const config = clientConfig(world, world.web);
    const before = await nodeServer(world, world.order);
    const first = await ourClient(before.port, config);
    await until(() => first.tickets[0]);
    const after = await nodeServer(world, world.order);
    const second = await ourClient(after.port, { ...config, ticket: first.tickets[0]!.ticket });
    expect(await second.session()).toMatchObject({ resumed: false, peerIdentity: world.order.spiffeId });
  });

  it('is not offered by a server that gives no tickets', async () => {
    const { port } = await ourServer(await serverConfig(world, world.order, { tickets: null }));
    const client = nodeClient(port, world, world.web);
    await client.connected();
    client.socket.end('x');
    await until(() => client.closed);
    expect(client.text()).toBe('x');
    expect(client.sessions).toEqual([]);
  });
});
