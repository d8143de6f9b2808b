import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, connect as connectSocket, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Identity, istiod, type World } from '../support/istiod.ts';
import { until } from '../support/until.ts';
import { type Ended, scratch, svidlab } from './support/svidlab.ts';

interface Line {
  readonly event: string;
  readonly [field: string]: unknown;
}

let world: World;
beforeAll(async () => {
  world = await istiod('ecdsa-p256');
});
afterAll(() => world.remove());

const material = ({ certFile, keyFile }: Identity): string[] => [
  ...['--cert', certFile, '--key', keyFile, '--roots', world.rootsFile],
];

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);

/** Starts `svidlab tls serve --json` on a free port and waits until it listens. */
async function serve(...words: readonly string[]) {
  let stdout = '';
  let child: ChildProcess | null = null;
  let ended: Ended | null = null;
  const end = svidlab(['tls', 'serve', '--port', '0', ...material(world.order), '--json', ...words], {
    onStart: (started) => {
      child = started;
      started.stdout!.on('data', (data: Buffer) => (stdout += data.toString('utf8')));
    },
  }).then((how) => (ended = how));
  onTestFinished(() => void child?.kill('SIGKILL'));
  const port = await until(() => {
    if (ended !== null) throw new Error(ended.stderr);
    return linesOf(stdout)[0]?.['port'] as number | undefined;
  });
  return { port, lines: () => linesOf(stdout), end, kill: (signal: NodeJS.Signals) => child!.kill(signal) };
}

const connect = (port: number, words: readonly string[], input: string | Uint8Array = '') =>
  svidlab(['tls', 'connect', `127.0.0.1:${port}`, ...words], { input });

const handshake = (of: Identity, rest: object = {}) => ({
  event: 'handshake',
  peer: of.spiffeId,
  alpn: null,
  resumed: false,
  cipher: 'TLS_AES_128_GCM_SHA256',
  group: 'x25519',
  sni: null,
  ...rest,
});

describe('tls serve and tls connect', () => {
  it('echo what is sent, and tell of it line by line', async () => {
    const { port, end } = await serve(
      '--connections',
      '1',
      '--alpn',
      'istio',
      '--client-id',
      world.web.spiffeId,
    );
    const sni = 'outbound_.80_._.order.shop.svc.cluster.local';
    const client = await connect(
      port,
      [
        ...material(world.web),
        ...['--server-id', world.order.spiffeId, '--sni', sni, '--alpn', 'http/1.1,istio'],
        ...['--groups', 'p256', '--send', '-', '--json'],
      ],
      '안녕, order\n',
    );
    expect(client).toMatchObject({ code: 0, stderr: '' });
    const agreed = { alpn: 'istio', sni, group: 'p256' };
    expect(linesOf(client.stdout)).toEqual([
      handshake(world.order, agreed),
      { event: 'data', text: '안녕, order\n' },
      { event: 'closed' },
    ]);
    const server = await end;
    expect(server).toMatchObject({ code: 0, stderr: '' });
    expect(linesOf(server.stdout)).toEqual([
      { event: 'listening', port },
      handshake(world.web, agreed),
      { event: 'closed' },
    ]);
  });

  it('carry every byte of what is large, both ways', async () => {
    const { port } = await serve();
    const file = join(scratch(), 'large');
    const bytes = randomBytes(6 * 1024 * 1024);
    writeFileSync(file, bytes);
    const [one, two] = await Promise.all([
      connect(port, [...material(world.web), '--send', file, '--json']),
      connect(port, [...material(world.web), '--send', '-'], bytes.toString('base64')),
    ]);
    expect(one.code).toBe(0);
    expect(two).toMatchObject({ code: 0 });
    expect(two.stdout).toBe(bytes.toString('base64'));
    expect(two.stderr).toMatch(/^handshake: spiffe:.*\nclosed\n$/);
  });

  it('resume with a ticket', async () => {
    const { port, lines } = await serve();
    const { code, stdout, stderr } = await connect(
      port,
      [...material(world.web), '--resume', '--send', '-', '--json'],
      'again',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(linesOf(stdout)).toEqual([
      handshake(world.order),
      { event: 'closed' },
      handshake(world.order, { resumed: true }),
      { event: 'data', text: 'again' },
      { event: 'closed' },
    ]);
    await until(() => lines().filter(({ event }) => event === 'closed').length === 2);
    expect(lines()[3]).toEqual(handshake(world.web, { resumed: true }));
  });

  it('update the keys of both', async () => {
    const { port } = await serve();
    const { code, stdout } = await connect(
      port,
      [...material(world.web), '--key-update', '--send', '-', '--json'],
      'under new keys',
    );
    expect(code).toBe(0);
    const lines = linesOf(stdout);
    expect(lines.filter(({ event }) => event === 'key-update')).toEqual([
      { event: 'key-update', sent: true },
      { event: 'key-update', sent: false },
    ]);
    expect(lines.filter(({ event }) => event === 'data').map((line) => line['text'])).toEqual([
      'under new keys',
    ]);
  });

  it('write what decrypts the connection', async () => {
    const cwd = scratch();
    const [keylog, pcap] = [join(cwd, 'keys'), join(cwd, 'capture.pcapng')];
    const { port, end } = await serve('--connections', '1', '--keylog', keylog, '--pcap', pcap);
    await connect(port, [...material(world.web), '--keylog', keylog]);
    await end;
    const lines = readFileSync(keylog, 'utf8').trim().split('\n');
    expect(lines).toHaveLength(10);
    expect(new Set(lines).size, 'both ends have the same secrets').toBe(5);
    expect(statSync(keylog).mode & 0o777).toBe(0o600);
    expect(readFileSync(pcap).readUInt32BE(0)).toBe(0x0a0d0d0a);
  });

  it('answer HTTP with what was agreed on', async () => {
    const { port } = await serve('--http', '--client-cert', 'request', '--alpn', 'http/1.1');
    const request = (target: string, last: boolean) =>
      `POST ${target} HTTP/1.1\r\nhost: order\r\ncontent-length: 3\r\n${last ? 'connection: close\r\n' : ''}\r\nabc`;
    const { code, stdout } = await connect(
      port,
      [...material(world.web), '--alpn', 'http/1.1', '--send', '-'],
      request('/1', false) + request('/2', true),
    );
    expect(code).toBe(0);
    const answers = stdout.split(/(?=HTTP\/1\.1 )/);
    expect(answers).toHaveLength(2);
    const { event: _, ...facts } = handshake(world.web, { alpn: 'http/1.1' });
    for (const answer of answers) {
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-type: application\/json\r\n/);
      expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toEqual(facts);
    }
    const unknown = await connect(
      port,
      ['--roots', world.rootsFile, '--alpn', 'http/1.1', '--send', '-'],
      'nonsense\r\n\r\n',
    );
    expect(unknown.stdout).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[^]*"rule":"http\.start-line"/);
  });
});

describe('who is refused', () => {
  it('is told by an alert, and the next is served', async () => {
    const { port, lines } = await serve(
      '--client-id',
      world.order.spiffeId,
      '--client-id',
      'spiffe://cluster.local/x',
    );
    const refused = await connect(port, [...material(world.web), '--json', '--send', '-'], 'secret');
    expect(refused.code).toBe(3);
    expect(linesOf(refused.stdout)).toMatchObject([
      { event: 'handshake' },
      { event: 'alert', sent: false },
      { event: 'closed' },
    ]);
    const accepted = await connect(port, [...material(world.order), '--send', '-'], 'hello');
    expect(accepted).toMatchObject({ code: 0, stdout: 'hello' });
    await until(() => lines().filter(({ event }) => event === 'closed').length === 2);
    expect(lines().slice(1)).toMatchObject([
      {
        event: 'alert',
        sent: true,
        alert: 'certificate_unknown',
        reason: expect.stringContaining(world.web.spiffeId) as string,
      },
      { event: 'closed' },
      { event: 'handshake', peer: world.order.spiffeId },
      { event: 'closed' },
    ]);
  });

  it.each([
    ['--server-id', 'spiffe://cluster.local/ns/shop/sa/payment', 'certificate_unknown'],
    ['--server-name', 'order.shop.svc', 'bad_certificate'],
  ])('is a server that does not prove its %s', async (option, value, alert) => {
    const { port, lines } = await serve();
    const { code, stdout } = await connect(port, [...material(world.web), option, value, '--json']);
    expect(code).toBe(3);
    expect(linesOf(stdout)).toMatchObject([{ event: 'alert', sent: true, alert }, { event: 'closed' }]);
    await until(() => lines().some(({ event }) => event === 'closed'));
    expect(lines()[1]).toMatchObject({ event: 'alert', sent: false, alert });
  });

  it('is a peer whose certificate is not valid at the moment that is asked for', async () => {
    const { port } = await serve();
    const { code, stderr } = await connect(port, [...material(world.web), '--at', '2020-01-01T00:00:00Z']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^alert sent: certificate_expired: .*certificate is not yet valid\nclosed\n$/);
  });

  it.each([
    ['nobody listens', null, /no connection \(ECONNREFUSED\); is a server listening there\?/],
    [
      'the server hangs up',
      (socket: { destroy(): void }) => socket.destroy(),
      /before the handshake was done/,
    ],
  ])('is known where %s', async (_what, onConnection, message) => {
    const server = createServer((socket) => onConnection?.(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    if (onConnection === null) await new Promise((resolve) => server.close(resolve));
    else onTestFinished(() => void server.close());
    const { code, stderr } = await connect(port, ['--roots', world.rootsFile]);
    expect(code).toBe(3);
    expect(stderr).toMatch(message);
  });
});

describe('tls serve', () => {
  it('lives through bad, slow and many peers, and ends in order at Ctrl-C', async () => {
    const { port, lines, end, kill } = await serve();
    const slow = connectSocket(port, '127.0.0.1');
    slow.on('error', () => undefined).write(Buffer.from([22, 3, 1]));
    const bad = connectSocket(port, '127.0.0.1');
    bad.on('error', () => undefined).write('GET / HTTP/1.1\r\n\r\n');
    await until(() => lines().some(({ event }) => event === 'alert'));
    const good = await Promise.all(
      [1, 2, 3].map((number) => connect(port, [...material(world.web), '--send', '-'], `${number}`)),
    );
    expect(good.map(({ code, stdout }) => [code, stdout])).toEqual([
      [0, '1'],
      [0, '2'],
      [0, '3'],
    ]);
    const open = tls.connect({
      port,
      host: '127.0.0.1',
      ca: world.rootsPem,
      cert: world.web.certPem,
      key: world.web.keyPem,
      checkServerIdentity: () => undefined,
    });
    let wasEnded = false;
    open.on('end', () => (wasEnded = true)).on('error', () => undefined);
    await until(() => lines().filter(({ event }) => event === 'handshake').length === 4);
    kill('SIGINT');
    const { code, stderr, stdout } = await end;
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: '\ninterrupted: finishing with what there is (once more: give up)\n',
    });
    await until(() => wasEnded);
    const events = linesOf(stdout).map(({ event }) => event);
    expect(events.filter((event) => event === 'closed')).toHaveLength(6);
    expect(linesOf(stdout).find(({ event }) => event === 'alert')).toMatchObject({ sent: true });
  });
});

describe('a peer that tls serve waits for', () => {
  const connected = (port: number) => connectSocket(port, '127.0.0.1').on('error', () => undefined);
  const secured = (port: number) =>
    tls
      .connect({
        port,
        host: '127.0.0.1',
        ca: world.rootsPem,
        cert: world.web.certPem,
        key: world.web.keyPem,
        checkServerIdentity: () => undefined,
      })
      .on('error', () => undefined);
  const told = (socket: tls.TLSSocket) => {
    let text = '';
    socket.on('data', (data: Buffer) => (text += data.toString('utf8')));
    return () => text;
  };

  it('does not hold a handshake for ever, silent or dripping, and may be slow afterwards', async () => {
    const { port, lines } = await serve('--handshake-timeout', '1');
    const slow = secured(port);
    const answer = told(slow);
    await until(() => lines().some(({ event }) => event === 'handshake'));
    const silent = connected(port);
    const dripping = connected(port);
    // A record of 4,096 octets that would take minutes.
    dripping.write(Buffer.from([22, 3, 1, 16, 0, 1]));
    const drip = setInterval(() => dripping.write(Buffer.from([0])), 100);
    onTestFinished(() => clearInterval(drip));
    await until(() => silent.closed && dripping.closed);
    slow.write('late');
    await until(() => answer() === 'late');
    slow.end();
  });

  it('is told of the end where it stays silent for long', async () => {
    const { port, lines } = await serve('--idle-timeout', '1');
    const idle = secured(port);
    let wasTold = false;
    idle.on('end', () => (wasTold = true)).resume();
    await until(() => wasTold);
    await until(() => lines().some(({ event }) => event === 'closed'));
    expect(lines().filter(({ event }) => event === 'alert')).toEqual([]);
  });

  it('is told to go on where it asks before it sends a body', async () => {
    const { port } = await serve('--http');
    const client = secured(port);
    const answer = told(client);
    client.write('POST / HTTP/1.1\r\nhost: order\r\ncontent-length: 3\r\nexpect: 100-Continue\r\n\r\n');
    await until(() => answer() !== '');
    expect(answer()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    client.write('abc');
    await until(() => answer().includes('HTTP/1.1 200 OK'));
    client.end();
  });

  it('is not told to go on with a body that is too large', async () => {
    const { port } = await serve('--http');
    const client = secured(port);
    const answer = told(client);
    client.write('PUT / HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999\r\nexpect: 100-continue\r\n\r\n');
    await until(() => answer() !== '');
    expect(answer()).toMatch(/^HTTP\/1\.1 413 Content Too Large\r\n/);
  });
});

describe('tls with input that cannot be used', () => {
  const hint = (text: string) => `    hint:  ${text}\n`;
  const order = () => material(world.order);

  it.each([
    [
      'no certificate',
      () => ['serve', '--port', '0', '--cert', world.order.keyFile, '--key', world.order.keyFile],
      () =>
        `error  ${world.order.keyFile}: certificate: no "CERTIFICATE" block (found EC PRIVATE KEY) [certificate.pem]\n` +
        hint('give certificates in PEM; svidlab inspect FILE shows what a file holds'),
    ],
    [
      'the key of another',
      () => ['serve', '--port', '0', '--cert', world.order.certFile, '--key', world.web.keyFile],
      () =>
        `error  ${world.web.keyFile}: is not the key of the first certificate of ${world.order.certFile} [key.mismatch]\n` +
        `    value: ${world.order.spiffeId}\n${hint('a chain begins with the leaf; name its key')}`,
    ],
    [
      'no key',
      () => ['serve', '--port', '0', '--cert', world.order.certFile, '--key', world.order.certFile],
      () =>
        `error  ${world.order.certFile}: private key: no block of a private key [key.pem]\n` +
        hint('give a private key in PEM: PKCS#8, SEC1 (EC) or PKCS#1 (RSA)'),
    ],
    [
      'no file',
      () => ['connect', 'localhost:1', '--roots', 'nowhere.pem'],
      () => 'error  nowhere.pem: no such file\n',
    ],
    [
      'nothing to verify clients with',
      () => ['serve', '--port', '0', '--cert', world.order.certFile, '--key', world.order.keyFile],
      () =>
        'error  --client-cert require needs --roots to verify client certificates with\n' +
        hint('name the file of trusted roots, or serve anybody: --client-cert none'),
    ],
    [
      'a client ID without clients',
      () => ['serve', '--port', '0', ...order(), '--client-cert', 'none', '--client-id', 'spiffe://a/b'],
      () =>
        'error  --client-id needs a client certificate\n    value: --client-cert none\n' +
        hint('leave out --client-cert, or ask with --client-cert request'),
    ],
    [
      'two names for one server',
      () => [
        'connect',
        'a:1',
        '--roots',
        world.rootsFile,
        '--server-id',
        'spiffe://a/b',
        '--server-name',
        'a',
      ],
      () =>
        'error  --server-id and --server-name exclude each other\n' +
        hint('a server proves one name: its SPIFFE ID, or a DNS name; --sni asks for another name'),
    ],
    [
      'a certificate without its key',
      () => ['connect', 'a:1', '--roots', world.rootsFile, '--cert', world.web.certFile],
      () =>
        'error  --cert is given without --key\n' + hint('name both, or neither to present no certificate'),
    ],
    [
      'a capture that cannot be written',
      () => ['serve', '--port', '0', ...order(), '--pcap', '/nowhere/at/all'],
      () =>
        'error  --pcap /nowhere/at/all: cannot be written\n    value: ENOENT\n' +
        hint('name a file in a directory that exists, may be written to and has room'),
    ],
    [
      'a group that is none',
      () => ['serve', '--port', '0', ...order(), '--groups', 'p521'],
      () =>
        "error: option '--groups <groups>' argument 'p521' is invalid. Write x25519, p256 or both, best first: x25519,p256.\nHelp: svidlab --help\n",
    ],
    [
      'no time at all',
      () => ['serve', '--port', '0', ...order(), '--handshake-timeout', '0'],
      () =>
        "error: option '--handshake-timeout <seconds>' argument '0' is invalid. Write whole seconds, 1 to 86400.\nHelp: svidlab --help\n",
    ],
    [
      'an ID that is none',
      () => ['connect', 'a:1', '--roots', 'x', '--server-id', 'spiffe://A/b'],
      () =>
        expect.stringMatching(/argument 'spiffe:\/\/A\/b' is invalid\. Write a SPIFFE ID such as/) as string,
    ],
    [
      'an address that is none',
      () => ['connect', 'localhost', '--roots', 'x'],
      () =>
        "error: command-argument value 'localhost' is invalid for argument 'host:port'. Write HOST:PORT, such as localhost:8443 or [::1]:8443.\nHelp: svidlab --help\n",
    ],
  ])('%s', async (_what, words, stderr) => {
    expect(await svidlab(['tls', ...words()])).toMatchObject({ code: 2, stdout: '', stderr: stderr() });
  });

  it('a port that is taken', async () => {
    const { port } = await serve();
    const cwd = scratch();
    const taken = await svidlab(['tls', 'serve', '--port', String(port), ...order(), '--json'], { cwd });
    expect(taken).toMatchObject({ code: 2, stdout: '' });
    expect(taken.stderr).toBe(
      `error  --port ${port}: cannot listen on 127.0.0.1 [port]\n    value: EADDRINUSE\n` +
        hint('another program listens there; choose another port, or 0 for any that is free'),
    );
    expect(existsSync(join(cwd, 'keys'))).toBe(false);
  });
});
