import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { echo, httpResponder } from '../../../src/cli/tls/applications.ts';
import { Recorder } from '../../../src/cli/tls/recorder.ts';
import { type CipherSuite, cipherSuites, type TlsServerConfig } from '../../../src/core/tls/index.ts';
import { complaints, fields, tshark } from '../tshark.ts';
import { istiod, type World } from '../../support/istiod.ts';
import { nodeClient, nodeServer } from './node-peer.ts';
import { clientConfig, ourClient, ourServer, serverConfig } from './ours.ts';
import { until } from '../../support/until.ts';

/** Names of tshark's handshake types, as RFC 9846 has them. */
const names: Readonly<Record<string, string>> = {
  1: 'ClientHello',
  2: 'ServerHello',
  4: 'NewSessionTicket',
  8: 'EncryptedExtensions',
  11: 'Certificate',
  13: 'CertificateRequest',
  15: 'CertificateVerify',
  20: 'Finished',
};

const serverFlight =
  'server ServerHello EncryptedExtensions CertificateRequest Certificate CertificateVerify Finished';
const clientFlight = 'client Certificate CertificateVerify Finished';
const request = 'GET /pay?id=7 HTTP/1.1\r\nhost: order\r\nconnection: close\r\n\r\n';

describe('tshark on the captures of connections', () => {
  let world: World;
  let count = 0;
  beforeAll(async () => {
    world = await istiod('ecdsa-p256', 'rsa-2048');
  });
  afterAll(() => world.remove());

  /** Files for one recorder, and how to read them. */
  const recorder = () => {
    const pcap = join(world.directory, `${++count}.pcapng`);
    const keylog = join(world.directory, `${count}.keys`);
    const record = new Recorder({ pcap, keylog });
    return {
      record,
      read: () => (record.close(), readFileSync(pcap)),
      keys: () => readFileSync(keylog, 'utf8'),
    };
  };

  const recordedServer = async (config: Partial<TlsServerConfig>, application = httpResponder) => {
    const files = recorder();
    const server = await ourServer(await serverConfig(world, world.order, config), application, files.record);
    return { ...files, ...server };
  };

  /** Handshake messages but key updates, a line for all that one side sends in a row. */
  const messagesOf = (capture: Uint8Array, serverPort: number): readonly string[] => {
    const lines: string[] = [];
    for (const packet of fields(
      capture,
      'tls.handshake.type && !(tls.handshake.type == 24)',
      ...['tcp.srcport', 'tls.handshake.type'],
    )) {
      const [port, types = ''] = packet.split('\t');
      const who = Number(port) === serverPort ? 'server' : 'client';
      const said = types.split(',').map((type) => names[type] ?? type);
      const before = lines.at(-1);
      if (before?.startsWith(who) === true) lines[lines.length - 1] = [before, ...said].join(' ');
      else lines.push([who, ...said].join(' '));
    }
    return lines;
  };

  it.each(Object.keys(cipherSuites) as CipherSuite[])(
    'names every message and decrypts the HTTP of a full handshake: %s',
    async (cipher) => {
      const { port, told, read } = await recordedServer({ cipherSuites: [cipher] });
      const client = nodeClient(port, world, world.web);
      client.socket.write(request);
      await until(() => told[0]?.ended);
      const capture = read();
      expect(complaints(capture)).toEqual([]);
      expect(messagesOf(capture, port)).toEqual([
        'client ClientHello',
        serverFlight,
        clientFlight,
        'server NewSessionTicket NewSessionTicket',
      ]);
      expect(fields(capture, 'http', 'http.request.uri', 'http.response.code', 'http.file_data')).toEqual([
        '/pay?id=7\t\t',
        expect.stringMatching(/^\t200\t.*spiffe:\/\/cluster.local\/ns\/shop\/sa\/web/),
      ]);
      expect(
        fields(capture, 'tls.handshake.ciphersuite && tls.handshake.type == 2', 'tls.handshake.ciphersuite'),
      ).toEqual([`0x${cipherSuites[cipher].code.toString(16)}`]);
    },
  );

  it('shows nothing but the hellos to those who have no secrets', async () => {
    const { port, told, read } = await recordedServer({});
    nodeClient(port, world, world.web).socket.write(request);
    await until(() => told[0]?.ended);
    const bare = withoutSecrets(read());
    expect(messagesOf(bare, port)).toEqual(['client ClientHello', 'server ServerHello']);
    expect(fields(bare, 'http', 'http.request.uri')).toEqual([]);
    expect(tshark(bare, ['-V']).join('\n')).not.toContain('spiffe://');
  });

  it('has a key log that other captures can be decrypted with', async () => {
    const { port, told, keys } = await recordedServer({});
    nodeClient(port, world, world.web).socket.write(request);
    await until(() => told[0]?.ended);
    const labels = keys()
      .trim()
      .split('\n')
      .map((line) => /^(\w+) [0-9a-f]{64} [0-9a-f]{64,96}$/.exec(line)?.[1]);
    expect([...labels].sort()).toEqual([
      'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
      'CLIENT_TRAFFIC_SECRET_0',
      'EXPORTER_SECRET',
      'SERVER_HANDSHAKE_TRAFFIC_SECRET',
      'SERVER_TRAFFIC_SECRET_0',
    ]);
  });

  it('names a second hello', async () => {
    const { port, told, read } = await recordedServer({ groups: ['secp256r1'] });
    nodeClient(port, world, world.web, { ecdhCurve: 'X25519:P-256' }).socket.write(request);
    await until(() => told[0]?.ended);
    const capture = read();
    expect(complaints(capture)).toEqual([]);
    expect(messagesOf(capture, port).slice(0, 5)).toEqual([
      'client ClientHello',
      'server ServerHello',
      'client ClientHello',
      serverFlight,
      clientFlight,
    ]);
    expect(tshark(capture, []).join('\n')).toContain('Hello Retry Request');
  });

  it('follows a resumption and many updates of keys', async () => {
    const { port, read, told } = await recordedServer({}, echo);
    const first = nodeClient(port, world, world.web);
    await until(() => first.sessions[0]);
    first.socket.end();
    await until(() => told[0]!.ended);
    const files = recorder();
    const config = clientConfig(world, world.web);
    const taking = await ourClient(port, config);
    await until(() => taking.tickets[0]);
    const client = await ourClient(port, { ...config, ticket: taking.tickets[0]!.ticket }, files.record);
    await client.session();
    for (const word of ['GET /1', 'GET /2', 'GET /3']) {
      await client.transport.updateKeys();
      await client.transport.write(Buffer.from(`${word} HTTP/1.1\r\nhost: a\r\n\r\n`));
    }
    await client.receives('/3 HTTP/1.1\r\nhost: a\r\n\r\n');
    await client.end();
    const capture = files.read();
    expect(complaints(capture)).toEqual([]);
    expect(messagesOf(capture, port)).toEqual([
      'client ClientHello',
      'server ServerHello EncryptedExtensions Finished',
      'client Finished',
      'server NewSessionTicket NewSessionTicket',
    ]);
    const requests = fields(capture, 'http.request', 'tcp.srcport', 'http.request.uri');
    expect(
      requests.filter((line) => !line.startsWith(`${port}\t`)).map((line) => line.split('\t')[1]),
    ).toEqual(['/1', '/2', '/3']);
    expect(complaints(read())).toEqual([]);
  });

  it('tells whose alert ended a refused handshake', async () => {
    const { port, told, read } = await recordedServer({});
    const client = nodeClient(port, world, world.expired);
    await until(() => client.error);
    await until(() => told[0]?.ended);
    const capture = read();
    expect(fields(capture, 'tls.alert_message.desc', 'tcp.srcport', 'tls.alert_message.desc')).toEqual([
      `${port}\t45`,
    ]);
    // Node tears the connection down when it reads the alert.
    expect(complaints(capture).filter((line) => !line.endsWith('Connection reset (RST)'))).toEqual([]);
  });

  it('keeps apart connections that go on at the same time', async () => {
    const { port, told, read } = await recordedServer({});
    const clients = Array.from({ length: 5 }, () => nodeClient(port, world, world.web));
    await Promise.all(clients.map((client) => client.connected()));
    for (const [index, { socket }] of clients.entries()) socket.write(request.replace('id=7', `id=${index}`));
    await until(() => told.length === 5 && told.every(({ ended }) => ended !== null));
    const capture = read();
    expect(complaints(capture)).toEqual([]);
    const uris = fields(capture, 'http.request', 'tcp.stream', 'http.request.uri').map(
      (line) => line.split('\t')[1],
    );
    expect([...uris].sort()).toEqual([0, 1, 2, 3, 4].map((id) => `/pay?id=${id}`));
  });

  it('reads what our client and Node said to each other', async () => {
    const server = await nodeServer(world, world.order, { ALPNProtocols: ['http/1.1'] });
    const { record, read } = recorder();
    const client = await ourClient(
      server.port,
      clientConfig(world, world.web, { alpn: ['http/1.1'] }),
      record,
    );
    await client.session();
    const large = Buffer.alloc(100_000, 'x');
    await client.transport.write(
      Buffer.from(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${large.length}\r\n\r\n`),
    );
    await client.transport.write(large);
    await until(() => client.received.reduce((sum, { length }) => sum + length, 0) > large.length);
    await client.end();
    const capture = read();
    expect(complaints(capture)).toEqual([]);
    expect(messagesOf(capture, server.port).slice(0, 3)).toEqual([
      'client ClientHello',
      serverFlight,
      clientFlight,
    ]);
    expect(fields(capture, `http.request && tcp.dstport == ${server.port}`, 'http.content_length')).toEqual([
      '100000',
    ]);
  });
});

/** The capture without its blocks of secrets. */
function withoutSecrets(capture: Buffer): Buffer {
  const kept: Buffer[] = [];
  for (let at = 0; at < capture.length;) {
    const end = at + capture.readUInt32BE(at + 4);
    if (capture.readUInt32BE(at) !== 10) kept.push(capture.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}
