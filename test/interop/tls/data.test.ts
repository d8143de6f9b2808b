import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { istiod, type World } from '../../support/istiod.ts';
import { nodeClient, nodeServer } from './node-peer.ts';
import { opensslClient, opensslServer, quietOpensslServer } from './openssl-peer.ts';
import { clientConfig, ourClient, ourServer, serverConfig } from './ours.ts';
import { until } from '../../support/until.ts';

const megabyte = 1024 * 1024;

describe('data', () => {
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
  const sizeOf = (pieces: readonly Buffer[]): number => pieces.reduce((sum, piece) => sum + piece.length, 0);

  it('goes through our server and back to Node, much of it, with both sides writing', async () => {
    const { port } = await ourServer(await serverConfig(world, world.order));
    const client = nodeClient(port, world, world.web);
    const sent = randomBytes(20 * megabyte);
    client.socket.end(sent);
    await until(() => client.closed);
    expect(client.error).toBeNull();
    expect(Buffer.concat(client.received).equals(sent)).toBe(true);
  });

  it('goes from our client through Node and back, much of it', async () => {
    const server = await nodeServer(world, world.order);
    const client = await ourClient(server.port, clientConfig(world, world.web));
    await client.session();
    const sent = randomBytes(20 * megabyte);
    for (let at = 0; at < sent.length; at += 65_536)
      await client.transport.write(sent.subarray(at, at + 65_536));
    await until(() => sizeOf(client.received) >= sent.length);
    expect(Buffer.concat(client.received).equals(sent)).toBe(true);
    expect((await client.end()).how).toBe('clean');
  });

  it('goes both ways at once with s_server', async () => {
    const { port, process } = await quietOpensslServer(files('order'));
    const client = await ourClient(port, clientConfig(world, null));
    await client.session();
    const [there, back] = [randomBytes(8 * megabyte), randomBytes(8 * megabyte)];
    process.type(back);
    for (let at = 0; at < there.length; at += 100_000)
      await client.transport.write(there.subarray(at, at + 100_000));
    await until(() => sizeOf(client.received) >= back.length && process.bytes().length >= there.length);
    expect(Buffer.concat(client.received).equals(back)).toBe(true);
    expect(process.bytes().subarray(-there.length).equals(there)).toBe(true);
  });

  it('goes both ways at once with s_client', async () => {
    const { port, told } = await ourServer(await serverConfig(world, world.order));
    const client = opensslClient(port, [...files('web'), '-quiet']);
    const sent = randomBytes(8 * megabyte);
    client.type(sent);
    await until(() => client.bytes().length >= sent.length);
    expect(client.bytes().equals(sent)).toBe(true);
    expect(told[0]!.lines).toMatchObject([{ event: 'handshake' }]);
  });

  it('is written under new keys where s_client updates its own, or both', async () => {
    const { port, told } = await ourServer(await serverConfig(world, world.order));
    const client = opensslClient(port, files('web'));
    await until(() => told[0]?.lines[0]);
    const updates = (sent: boolean) =>
      told[0]!.lines.filter((line) => line.event === 'key-update' && line['sent'] === sent).length;
    client.type('k\n');
    await until(() => updates(false) === 1);
    // Words that s_client does not say itself: it says "None".
    client.type('first\n');
    await client.says('first\n');
    expect(updates(true)).toBe(0);
    client.type('K\n');
    await until(() => updates(false) === 2 && updates(true) === 1);
    client.type('second\n');
    await client.says('second\n');
    client.type('Q\n');
    expect(await client.ended).toBe(0);
    await until(() => told[0]!.ended);
    expect(told[0]!.ended!.how).toBe('clean');
  });

  it('is read under new keys where s_server updates its own, or both', async () => {
    const { port, process } = await opensslServer(files('order'));
    const client = await ourClient(port, clientConfig(world, null));
    await client.session();
    for (const command of ['k', 'K', 'K']) {
      const before = client.lines.length;
      process.type(`${command}\n`);
      await until(() => client.lines.length >= before + (command === 'K' ? 2 : 1));
    }
    process.type('under new keys\n');
    await client.receives('under new keys\n');
    await client.transport.write(Buffer.from('answer\n'));
    await process.says(/^answer$/m);
    expect(client.lines.filter(({ event }) => event === 'key-update')).toHaveLength(5);
  });

  it('goes on after our client has updated the keys of both', async () => {
    const server = await nodeServer(world, world.order);
    const client = await ourClient(server.port, clientConfig(world, world.web));
    await client.session();
    for (const word of ['one ', 'two ', 'three']) {
      await client.transport.updateKeys();
      await client.transport.write(Buffer.from(word));
    }
    expect(await client.receives('three')).toBe('one two three');
    expect(client.lines.filter(({ event }) => event === 'key-update').map((line) => line['sent'])).toEqual(
      expect.arrayContaining([true, false]),
    );
    expect((await client.end()).how).toBe('clean');
  });

  it('that was cut off is known from data that ended', async () => {
    const server = await nodeServer(world, world.order);
    const client = await ourClient(server.port, clientConfig(world, world.web));
    await client.session();
    await until(() => server.sockets[0]);
    // Node's way to end the transport below TLS.
    server.sockets[0]!.destroy();
    await until(() => client.ended);
    expect(['truncated', 'reset']).toContain(client.ended!.how);
  });
});
