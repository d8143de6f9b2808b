import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { istiod, type Identity, type World } from '../../support/istiod.ts';
import { nodeClient, nodeServer } from './node-peer.ts';
import { opensslClient, opensslServer } from './openssl-peer.ts';
import { alertsOf, clientConfig, ourClient, ourServer, serverConfig } from './ours.ts';
import { until } from '../../support/until.ts';

describe('who is not let in', () => {
  let world: World;
  let stranger: World;
  beforeAll(async () => {
    world = await istiod('ecdsa-p256');
    stranger = await istiod('ecdsa-p256');
  });
  afterAll(() => {
    world.remove();
    stranger.remove();
  });

  /** The client’s certificate, and the alert for it: of ours, of OpenSSL. */
  const clients = [
    {
      what: 'no certificate',
      who: () => null,
      ours: 'certificate_required',
      openssl: 'certificate_required',
    },
    { what: 'one of another CA', who: () => stranger.web, ours: 'unknown_ca', openssl: 'unknown_ca' },
    {
      what: 'one that has expired',
      who: () => world.expired,
      ours: 'certificate_expired',
      openssl: 'certificate_expired',
    },
  ] as const satisfies readonly { who: () => Identity | null; [key: string]: unknown }[];

  const files = (identity: Identity | null): string[] =>
    identity === null ? [] : ['-cert', identity.certFile, '-key', identity.keyFile];

  it.each(clients)('s_client with $what at our server', async ({ who, ours }) => {
    const { port, told } = await ourServer(await serverConfig(world, world.order));
    const client = opensslClient(port, [...files(who()), '-CAfile', world.rootsFile]);
    client.type('secret\n');
    await client.ended;
    expect(client.output).toContain(`alert ${ours.replaceAll('_', ' ')}`);
    await until(() => told[0]?.ended);
    expect(told[0]!.ended).toEqual({ how: 'alert', session: null });
    expect(told[0]!.lines).toMatchObject([{ event: 'alert', sent: true, alert: ours }, { event: 'closed' }]);
  });

  it.each(clients)('Node with $what at our server', async ({ who, ours }) => {
    const { port, told } = await ourServer(await serverConfig(world, world.order));
    const client = nodeClient(port, world, who());
    await until(() => client.error);
    expect(client.error).toContain(`alert ${ours.replaceAll('_', ' ')}`);
    await until(() => told[0]?.ended);
    expect(alertsOf(told[0]!)).toMatchObject([{ sent: true, alert: ours }]);
  });

  it.each(clients)('our client with $what at s_server', async ({ who, openssl }) => {
    const { port } = await opensslServer([
      ...files(world.order),
      ...['-CAfile', world.rootsFile, '-Verify', '3', '-verify_return_error'],
    ]);
    const client = await ourClient(port, clientConfig(world, who()));
    await until(() => client.ended);
    expect(client.ended).toMatchObject({ how: 'alert' });
    expect(alertsOf(client)).toMatchObject([{ sent: false, alert: openssl }]);
  });

  it.each(clients)('our client with $what at Node', async ({ who }) => {
    const server = await nodeServer(world, world.order);
    const client = await ourClient(server.port, clientConfig(world, who()));
    await until(() => client.ended);
    // Node looks at the verification after the handshake, and ends the connection without an alert of its own.
    expect(client.ended!.how).not.toBe('clean');
    expect(server.sockets).toEqual([]);
  });

  it('a client of another identity at our server', async () => {
    const expected = { kind: 'spiffe-ids', ids: [world.order.spiffeId] } as const;
    const { port, told } = await ourServer(await serverConfig(world, world.order, { expected }));
    const client = nodeClient(port, world, world.web);
    await until(() => client.error);
    await until(() => told[0]?.ended);
    const [alert] = alertsOf(told[0]!);
    expect(alert).toMatchObject({ sent: true });
    expect(alert!['reason']).toContain(world.web.spiffeId);
  });

  it.each([
    ['of another CA', () => stranger.order, 'unknown_ca'],
    ['that has expired', () => world.expired, 'certificate_expired'],
  ] as const)('a server with a certificate %s at our client', async (_what, who, alert) => {
    const { port, process } = await opensslServer(files(who()));
    const client = await ourClient(port, clientConfig(world, world.web));
    await until(() => client.ended);
    expect(client.ended).toEqual({ how: 'alert', session: null });
    expect(alertsOf(client)).toMatchObject([{ sent: true, alert }]);
    await process.says(`alert ${alert.replaceAll('_', ' ')}`);
  });

  it.each([
    ['SPIFFE ID', { kind: 'spiffe-ids', ids: ['spiffe://cluster.local/ns/shop/sa/payment'] }],
    ['DNS name', { kind: 'dns-name', name: 'order.shop' }],
  ] as const)('a server with another %s at our client', async (_what, expected) => {
    const server = await nodeServer(world, world.order);
    const client = await ourClient(server.port, clientConfig(world, world.web, { expected }));
    await until(() => client.ended);
    expect(client.ended).toEqual({ how: 'alert', session: null });
    expect(alertsOf(client)[0]).toMatchObject({ sent: true });
  });

  it('lets a client without certificate in where it only asks for one', async () => {
    const { port, told } = await ourServer(
      await serverConfig(world, world.order, { clientCertificate: 'request' }),
    );
    const client = nodeClient(port, world, null);
    await client.connected();
    client.socket.end('x');
    await until(() => client.closed);
    expect(client.text()).toBe('x');
    expect(told[0]!.lines[0]).toMatchObject({ event: 'handshake', peer: null });
  });

  it('and refuses a bad one there all the same', async () => {
    const { port, told } = await ourServer(
      await serverConfig(world, world.order, { clientCertificate: 'request' }),
    );
    const client = nodeClient(port, world, stranger.web);
    await until(() => client.error);
    await until(() => told[0]?.ended);
    expect(alertsOf(told[0]!)).toMatchObject([{ sent: true, alert: 'unknown_ca' }]);
  });
});

describe('bytes that are no TLS', () => {
  let world: World;
  beforeAll(async () => {
    world = await istiod('ecdsa-p256');
  });
  afterAll(() => world.remove());

  it.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nhost: order\r\n\r\n'), /^150303000202/],
    ['zeros', Buffer.alloc(1000), /^150303000202/],
    ['a record that is too long', Buffer.from([22, 3, 1, 0xff, 0xff, 1]), /^15030300020216$/],
    ['an alert at once', Buffer.from([21, 3, 1, 0, 2, 2, 40]), /^$/],
    ['nothing at all', Buffer.alloc(0), /^/],
    ['half a record', Buffer.from([22, 3, 1, 0, 100, 1, 0]), /^/],
  ])('%s end the connection they came on, and no other', async (_what, bytes, answer) => {
    const { port, told } = await ourServer(await serverConfig(world, world.order));
    const good = nodeClient(port, world, world.web);
    await good.connected();
    const socket = connect(port, '127.0.0.1');
    let received = '';
    let over = false;
    socket.setEncoding('hex').on('data', (hex: string) => (received += hex));
    socket.on('close', () => (over = true)).on('error', () => undefined);
    socket.write(bytes);
    // A peer that stops in the middle goes away; to the others the server must say so itself.
    if (bytes.length < 10 && bytes[0] !== 21 && bytes[3] !== 0xff) socket.end();
    await until(() => over);
    expect(received).toMatch(answer);
    good.socket.write('still here');
    await until(() => good.text() === 'still here');
    const next = nodeClient(port, world, world.web);
    await next.connected();
    await until(() => told[1]?.ended);
    expect(told[1]!.ended!.session).toBeNull();
  });

  it('come slowly, and are served beside others', async () => {
    const { port } = await ourServer(await serverConfig(world, world.order));
    const slow = connect(port, '127.0.0.1');
    slow.write(Buffer.from([22]));
    const quick = nodeClient(port, world, world.web);
    await quick.connected();
    slow.destroy();
  });
});
