import { istiod, type World } from '../support/istiod.ts';
import { type Bench, higher, lower, type Measure } from './bench.ts';
import { recordingCrypto, replay } from './support/recording-crypto.ts';
import { type Loopback, nodeLoopback, svidlabLoopback } from './support/sockets.ts';
import { held } from './support/held.ts';
import { deliver, meshConfigs, type Pair, shakeHands } from './support/tls.ts';
import { race } from './support/timing.ts';

const megabyte = 1024 * 1024;

export const tls: Bench = {
  name: 'tls',
  what: 'mutual TLS 1.3 (P-256): handshakes beside their bare WebCrypto operations and beside Node’s tls, bulk, memory',
  async run(note) {
    const world = await istiod('ecdsa-p256');
    try {
      return [
        ...(await handshakes(world, note)),
        ...(await besideNode(world)),
        ...(await inMemory(world)),
        ...(await growth(world, note)),
      ];
    } finally {
      world.remove();
    }
  },
};

async function handshakes(world: World, note: (line: string) => void): Promise<readonly Measure[]> {
  const recording = recordingCrypto();
  const recorded = await meshConfigs(world, recording.provider);
  // The first handshakes import the keys of CAs and of the peer; later ones know them.
  for (let i = 0; i < 3; i++) await shakeHands(recorded);
  const before = recording.calls.length;
  await shakeHands(recorded);
  const returned = recording.calls[before]!.after;
  const calls = recording.calls.slice(before).map((call) => ({ ...call, after: call.after - returned }));
  const counts = new Map<string, number>();
  for (const { method } of calls) counts.set(method, (counts.get(method) ?? 0) + 1);
  note(
    `operations of one handshake: ${[...counts].map(([method, count]) => `${method} ${count}`).join(', ')}`,
  );
  const configs = await meshConfigs(world);
  const ms = await race(
    { whole: () => shakeHands(configs), bare: () => replay(calls) },
    { rounds: 15, perRound: 100 },
  );
  return [
    lower('full mTLS handshake, both sides ÷ its bare WebCrypto', ms.whole / ms.bare, '×', 2),
    lower('full mTLS handshake, both sides', ms.whole, 'ms'),
    lower('its bare WebCrypto, in the same order and as parallel', ms.bare, 'ms'),
  ];
}

/** Over sockets of this machine, with the same certificates, taking turns. */
async function besideNode(world: World): Promise<readonly Measure[]> {
  const configs = await meshConfigs(world);
  const contest = async (length: number, rounds: number, perRound: number) => {
    const bytes = new Uint8Array(length);
    const ours = await svidlabLoopback(configs, length);
    const node = await nodeLoopback(world, length);
    const work = (loopback: Loopback) => () => loopback.exchange(bytes);
    const ms = await race({ ours: work(ours), node: work(node) }, { rounds, perRound });
    ours.close();
    node.close();
    return ms;
  };
  const handshake = await contest(1, 9, 50);
  const bulk = 32;
  const transfer = await contest(bulk * megabyte, 5, 1);
  const perSecond = (ms: number, count = 1) => (count * 1000) / ms;
  return [
    higher('handshakes over loopback, svidlab', perSecond(handshake.ours), '/s'),
    higher('handshakes over loopback, Node’s tls', perSecond(handshake.node), '/s'),
    lower('handshake over loopback, svidlab ÷ Node’s tls', handshake.ours / handshake.node, '×'),
    higher('bulk over loopback, svidlab', perSecond(transfer.ours, bulk), 'MB/s'),
    higher('bulk over loopback, Node’s tls', perSecond(transfer.node, bulk), 'MB/s'),
  ];
}

async function inMemory(world: World): Promise<readonly Measure[]> {
  const configs = await meshConfigs(world);
  const pair = await shakeHands(configs);
  const piece = new Uint8Array(64 * 1024);
  const { ms } = await race(
    {
      ms: async () => {
        for (let sent = 0; sent < 8 * megabyte; sent += piece.length)
          await deliver(pair, await pair.client.write(piece), 'server');
      },
    },
    { rounds: 5, perRound: 1 },
  );
  const count = 500;
  const before = await held();
  const open: Pair[] = [];
  for (let i = 0; i < count; i++) open.push(await shakeHands(configs));
  const after = await held();
  return [
    higher('bulk in memory, both sides', (8 * 1000) / ms, 'MB/s'),
    lower('memory per end of an open connection', (after - before) / open.length / 2 / 1024, 'kB'),
  ];
}

/** Keys of WebCrypto are not V8's, so the whole process is looked at besides. */
async function growth(world: World, note: (line: string) => void): Promise<readonly Measure[]> {
  const configs = await meshConfigs(world);
  const run = async (count: number) => {
    for (let i = 0; i < count; i++) await shakeHands(configs);
    return { heap: await held(), rss: process.memoryUsage().rss };
  };
  const warm = await run(2_000);
  const end = await run(10_000);
  note(
    `process after 2,000 handshakes ${(warm.rss / megabyte).toFixed(0)} MB, after 12,000 ${(end.rss / megabyte).toFixed(0)} MB`,
  );
  return [
    lower('memory grown by 10,000 handshakes', (end.heap - warm.heap) / 1024, 'kB', 1024),
    lower('the process, grown by 10,000 handshakes', (end.rss - warm.rss) / 1024, 'kB'),
  ];
}
