import { createActor, type AnyActorRef } from 'xstate';
import { utf8Encode } from '../core/bytes/index.ts';
import { createServiceAccountIssuer, type ServiceAccountIssuer } from '../core/jwt/index.ts';
import { AddressPool, ClusterIpPool } from '../core/kubernetes/index.ts';
import { exportPrivateKey, privateKeyPem } from '../core/pki/index.ts';
import { Driver, Gate, randomStreams, VirtualClock, Wire, type RandomStream } from '../sim/index.ts';
import { ArtefactStore, TraceLog, type ArtefactId, type MessageProtocol } from '../trace/index.ts';
import { ensureNamespace } from './apply.ts';
import { CaConnections } from './ca/connections.ts';
import { CertificateCache } from './certificate-cache.ts';
import { Cluster } from './cluster.ts';
import { takeCommand } from './commands.ts';
import { connectionReset } from './connections/client-side.ts';
import { Connections } from './connections/connection.ts';
import { loopbackRefused } from './connections/requests.ts';
import { momentOf, podMaterial, podStatus } from './queries.ts';
import type { Mesh, MeshOptions } from './mesh.ts';
import { meshMachine } from './mesh-machine.ts';
import { Runtimes } from './runtime.ts';
import { defaultSettings, type MeshSettings } from './settings.ts';
import { enterTrust, makeTrust } from './trust/boot.ts';
import { firstPlane } from './trust/control-plane.ts';
import { exportCacerts } from './trust/export.ts';
import type { Incoming, MessageMeta, World } from './world.ts';

const issuerUrl = 'https://kubernetes.default.svc.cluster.local';
/** `--service-cluster-ip-range` as kubeadm sets it. */
const serviceCidr = '10.96.0.0/16';
const systemNamespaces = ['default', 'kube-system', 'istio-system'];

/**
 * Starts a mesh: an API server with its token key, istiod with a self-signed root, the nodes; no workloads yet.
 * Resolves when the world has settled at its first instant.
 */
export async function createMesh(options: MeshOptions): Promise<Mesh> {
  const settings: MeshSettings = { ...defaultSettings, ...options.settings };
  const clock = new VirtualClock();
  const gate = new Gate({
    ...(options.tape === undefined ? {} : { tape: options.tape }),
    record: options.record ?? true,
  });
  const driver = new Driver({
    clock,
    gate,
    ...(options.monotonic === undefined ? {} : { monotonic: options.monotonic }),
  });
  const world = await createWorld(options, settings, clock, gate, driver);
  const root = createActor(meshMachine, { clock, systemId: 'mesh', input: { world } });
  root.subscribe({ error: (error) => driver.fail(error) });
  attachFailureNotices(world);
  root.start();
  await driver.settle();
  return {
    settings,
    epochMs: world.epochMs,
    seed: options.seed,
    trace: world.trace,
    artefacts: world.artefacts,
    driver,
    tape: gate.tape,
    tapePosition: () => gate.issued,
    now: () => clock.now(),
    do: (command, by = 'learner') => takeCommand(world, root.system, command, by),
    pods: () => [...world.cluster.pods.values()].map((record) => podStatus(world, record)),
    resolvePod: (selector) => {
      const record = world.cluster.resolve(selector);
      return record === null ? null : podStatus(world, record);
    },
    moment: (of) => momentOf(world, of),
    pendingRequests: () => world.connections.pending,
    stateOf: (systemId) => stateOf(root.system.get(systemId) as AnyActorRef | undefined),
    material: (pod) => podMaterial(world, pod),
    jwks: () => JSON.stringify(world.issuer.jwks(), null, 2),
    rootPem: () => firstPlane(world).rootPem,
    caPem: () => firstPlane(world).ca.certificate.pem(),
    caKeyPem: async () =>
      privateKeyPem(await exportPrivateKey(world.provider, firstPlane(world).ca.keyPair), 'traditional'),
    cacerts: () => exportCacerts(world),
    stop: () => {
      root.stop();
      driver.stop();
    },
  };
}

async function createWorld(
  options: MeshOptions,
  settings: MeshSettings,
  clock: VirtualClock,
  gate: Gate,
  driver: Driver,
): Promise<World> {
  const { provider, seed } = options;
  const epochMs = Date.parse(settings.epoch);
  const streams = randomStreams(seed);
  const chances = new Map<string, RandomStream>();
  const chance = (name: string): RandomStream => {
    let stream = chances.get(name);
    if (stream === undefined) {
      stream = streams.stream(name);
      chances.set(name, stream);
    }
    return stream;
  };
  const trace = new TraceLog(
    () => clock.now(),
    options.keepEntries === undefined ? {} : { keepEntries: options.keepEntries },
  );
  const artefacts = new ArtefactStore(() => clock.now(), { keep: options.keep ?? 'all' });
  trace.append('mesh', 'world.started', {
    epochMs,
    trustDomain: settings.trustDomain,
    seed,
    cluster: settings.cluster,
  });
  const prepareTrust = makeTrust(provider, settings, new Date(epochMs), chance);
  const keys = await throughGate(gate, driver, 'world.keys', async () => {
    const [issuer, trust] = await Promise.all([
      createServiceAccountIssuer(provider, { issuer: issuerUrl, keyType: settings.apiServerKeyType }),
      prepareTrust(),
    ]);
    return { issuer, trust };
  });
  const { issuer, trust } = keys;
  const certificates = new CertificateCache();
  const cluster = new Cluster(new ClusterIpPool(serviceCidr, (below) => chance('api-server').int(below)));
  const world: World = {
    provider,
    settings,
    epochMs,
    clock,
    gate,
    wire: createWire(clock, settings, streams, trace, (incoming) => world.onNoReceiver(incoming)),
    chance,
    trace,
    artefacts,
    cluster,
    runtimes: new Runtimes(clock),
    connections: new Connections(),
    tampering: [],
    hijacks: new Map(),
    ca15012: new CaConnections(),
    controlPlanes: [],
    authorities: new Map(),
    stolenAuthorities: new Map(),
    stolenSecrets: new Map(),
    clockOffsets: new Map(),
    certificates,
    knownCertificates: new Map(),
    recording: options.record ?? true,
    tlsEvidence: options.tlsEvidence ?? 'full',
    issuer,
    jwksArtefact: putJwks(artefacts, issuer),
    onNoReceiver: () => undefined,
  };
  enterTrust(world, trust);
  for (const namespace of systemNamespaces) ensureNamespace(world, namespace, {});
  for (const { name, podCidr, masqueradeAs } of settings.nodes) {
    cluster.nodes.set(name, {
      name,
      uid: chance(`node:${name}`).uuid(),
      pool: new AddressPool(podCidr),
      masqueradeAs: masqueradeAs ?? null,
      podCount: 0,
    });
    trace.append('api-server', 'node.added', { node: name, podCidr });
  }
  return world;
}

async function throughGate<T>(gate: Gate, driver: Driver, label: string, op: () => Promise<T>): Promise<T> {
  let outcome: { readonly value: T } | null = null;
  gate.run(label, op, (result) => {
    if (!result.ok) throw result.error;
    outcome = { value: result.value };
  });
  await driver.settle();
  if (outcome === null) throw new Error(`${label} had no result`);
  return (outcome as { readonly value: T }).value;
}

function createWire(
  clock: VirtualClock,
  settings: MeshSettings,
  random: ReturnType<typeof randomStreams>,
  trace: TraceLog,
  onNoReceiver: (incoming: Incoming) => void,
): Wire<MessageMeta, MessageProtocol> {
  return new Wire<MessageMeta, MessageProtocol>({
    clock,
    random,
    latency: { baseMs: settings.latencyMs, jitterMs: settings.latencyJitterMs },
    onSent: (message) => {
      trace.append(message.from, 'message.sent', {
        message: message.id,
        from: message.from,
        to: message.to,
        protocol: message.protocol,
        label: message.label,
        artefact: message.meta.artefact,
        size: message.payload.length,
        dueAtMs: message.dueAtMs,
        stream: message.meta.stream,
      });
    },
    onDelivered: ({ id, from, to }) => {
      trace.append(to, 'message.delivered', { message: id, from, to });
    },
    onDropped: (message, reason) => {
      const { id, from, to } = message;
      trace.append(to, 'message.dropped', { message: id, from, to, reason });
      if (reason === 'no-receiver') onNoReceiver(message);
    },
  });
}

/** Where nobody listens, the kernel at the other end says so: the sender of a call or packet learns it. */
function attachFailureNotices(world: World): void {
  world.onNoReceiver = (incoming: Incoming) => {
    const call = world.ca15012.channels.get(incoming.meta.stream);
    if (call !== undefined) call.reset();
    else if (incoming.meta.packet !== undefined) connectionReset(world, incoming);
    else loopbackRefused(world, incoming);
  };
}

function putJwks(artefacts: ArtefactStore, issuer: ServiceAccountIssuer): ArtefactId {
  const bytes = utf8Encode(JSON.stringify(issuer.jwks()));
  return artefacts.put({ kind: 'jwks', owner: 'api-server', pod: null, bytes, refs: {} });
}

function stateOf(actor: AnyActorRef | undefined): string | null {
  if (actor === undefined) return null;
  const snapshot: unknown = actor.getSnapshot();
  if (typeof snapshot !== 'object' || snapshot === null || !('value' in snapshot)) return null;
  return typeof snapshot.value === 'string' ? snapshot.value : JSON.stringify(snapshot.value);
}
