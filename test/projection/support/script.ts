import type { Entry, EntryData, EntryKind, PodRef } from '../../../src/trace/entry.ts';

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
const epochMs = Date.UTC(2026, 2, 2, 9);

/** Writes entries by hand, numbered and in order, for tests and for looking at the views. */
export class Script {
  readonly entries: Entry[] = [];
  atMs = 0;
  #ordinal = 0;

  after(ms: number): this {
    this.atMs += ms;
    return this;
  }

  add<K extends EntryKind>(kind: K, data: EntryData[K], actor = 'istiod'): this {
    this.entries.push({ seq: this.entries.length, atMs: this.atMs, actor, kind, data } as Entry);
    return this;
  }

  id(kind: string): string {
    this.#ordinal += 1;
    return `${kind}:${this.#ordinal}`;
  }
}

export interface PodSpec {
  readonly ref: PodRef;
  readonly workload: string;
  readonly node: string;
  readonly ip: string;
  readonly serviceAccount: string;
  readonly injected?: boolean;
}

export function podSpec(workload: string, ordinal: number, node: string, namespace = 'shop'): PodSpec {
  const suffix = ['x2k7q', 'm9fzt', 'b4wvd', 'k8c2j', 'z7n5p', 'h6s4l'][ordinal % 6] ?? 'x2k7q';
  const series = Math.floor(ordinal / 6);
  return {
    ref: `${namespace}/${workload}-7d9c5f68b4-${suffix}${series === 0 ? '' : series}`,
    workload,
    node,
    ip: `10.244.${node.split('-')[1] ?? '1'}.${ordinal + 2}`,
    serviceAccount: workload,
  };
}

const spiffeIdOf = (pod: PodSpec): string =>
  `spiffe://cluster.local/ns/${pod.ref.split('/')[0] ?? ''}/sa/${pod.serviceAccount}`;

export function startWorld(script: Script, nodes = 2): void {
  script.add('world.started', { epochMs, trustDomain: 'cluster.local', seed: 1, cluster: 'Kubernetes' });
  script.add('root.created', {
    artefact: script.id('certificate'),
    notAfterMs: 3650 * 24 * hour,
    subject: 'O=cluster.local',
  });
  script.add('istiod.started', { reason: 'the mesh begins' });
  for (let node = 1; node <= nodes; node += 1) {
    script.add('node.added', { node: `node-${node}`, podCidr: `10.244.${node}.0/24` }, 'api-server');
  }
}

/** A pod placed and addressed, its token projected. */
export function schedule(script: Script, pod: PodSpec): void {
  script.add(
    'pod.scheduled',
    {
      pod: pod.ref,
      uid: `uid-${pod.ref}`,
      node: pod.node,
      serviceAccount: pod.serviceAccount,
      workload: pod.workload,
      injected: pod.injected ?? true,
      injection: pod.injected === false ? 'namespace without istio-injection' : 'namespace label',
      labels: { app: pod.workload },
    },
    'api-server',
  );
  script.after(40);
  script.add('pod.addressed', { pod: pod.ref, ip: pod.ip, previousPod: null }, `node:${pod.node}`);
  if (pod.injected === false) {
    script.after(200).add('pod.ready', { pod: pod.ref }, `pod:${pod.ref}`);
    return;
  }
  script.after(30).add(
    'token.projected',
    {
      pod: pod.ref,
      artefact: script.id('token'),
      audience: 'istio-ca',
      expiresAtMs: script.atMs + 12 * hour,
      renewal: false,
    },
    `node:${pod.node}`,
  );
}

export interface SendOptions {
  readonly protocol: EntryData['message.sent']['protocol'];
  readonly label: string;
  readonly kind: string;
}

export function send(script: Script, from: string, to: string, options: SendOptions): () => void {
  const message = script.id('message');
  script.add(
    'message.sent',
    {
      message,
      from,
      to,
      protocol: options.protocol,
      label: options.label,
      artefact: script.id(options.kind),
      size: 1_482,
      dueAtMs: script.atMs + 8,
      stream: message,
    },
    from,
  );
  return () => {
    script.after(8).add('message.delivered', { message, from, to }, to);
  };
}

/** Key, CSR, review, signature, delivery: one certificate from nothing to Envoy. */
export function issue(script: Script, pod: PodSpec, generation = 1, requestedSan = spiffeIdOf(pod)): void {
  const agent = `agent:${pod.ref}`;
  const envoy = `envoy:${pod.ref}`;
  const key = script.id('private-key');
  script.after(4).add('key.generated', { pod: pod.ref, artefact: key, algorithm: 'ECDSA P-256' }, agent);
  script.add('csr.created', { pod: pod.ref, artefact: script.id('csr'), san: requestedSan }, agent);
  send(script, agent, 'istiod', {
    protocol: 'CreateCertificate',
    label: 'CSR + token',
    kind: 'create-certificate-request',
  })();
  send(script, 'istiod', 'api-server', {
    protocol: 'TokenReview',
    label: 'TokenReview',
    kind: 'token-review',
  })();
  script.add(
    'token.reviewed',
    {
      authenticated: true,
      pod: pod.ref,
      username: `system:serviceaccount:shop:${pod.serviceAccount}`,
      error: null,
      checks: [
        { id: 'token.signature', ok: true },
        { id: 'token.audience', ok: true, detail: 'istio-ca' },
        { id: 'token.pod', ok: true },
      ],
    },
    'api-server',
  );
  send(script, 'api-server', 'istiod', {
    protocol: 'TokenReview',
    label: 'TokenReview status',
    kind: 'token-review',
  })();
  const artefact = script.id('certificate');
  const notBeforeMs = script.atMs - 2 * minute;
  const notAfterMs = script.atMs + 24 * hour;
  const spiffeId = spiffeIdOf(pod);
  script.add('certificate.issued', {
    pod: pod.ref,
    artefact,
    spiffeId,
    serialNumber: artefact,
    notBeforeMs,
    notAfterMs,
    requestedSan,
    requestedTtlMs: 24 * hour,
    checks: [
      { id: 'csr.signature', ok: true },
      { id: 'token.review', ok: true, detail: `system:serviceaccount:shop:${pod.serviceAccount}` },
      { id: 'ttl.max', ok: true, detail: '24h0m0s ≤ 2160h0m0s' },
    ],
  });
  send(script, 'istiod', agent, {
    protocol: 'CreateCertificate',
    label: 'certificate chain',
    kind: 'create-certificate-response',
  })();
  script.add('svid.received', { pod: pod.ref, artefact, key, spiffeId, notAfterMs, generation }, agent);
  const lifetimeMs = notAfterMs - script.atMs;
  script.add(
    'rotation.scheduled',
    { pod: pod.ref, dueAtMs: script.atMs + lifetimeMs * 0.495, ratio: 0.505, jitter: 0.005, lifetimeMs },
    agent,
  );
  script.add(
    'secret.pushed',
    {
      pod: pod.ref,
      resource: 'default',
      version: `v${generation}`,
      artefact: script.id('discovery-response'),
      certificate: artefact,
    },
    agent,
  );
  send(script, agent, envoy, {
    protocol: 'StreamSecrets',
    label: 'SDS default',
    kind: 'discovery-response',
  })();
  script.add(
    'secret.accepted',
    {
      pod: pod.ref,
      resource: 'default',
      version: `v${generation}`,
      certificate: artefact,
      spiffeId,
      notBeforeMs,
      notAfterMs,
    },
    envoy,
  );
}

export function birth(script: Script, pod: PodSpec): void {
  schedule(script, pod);
  if (pod.injected === false) return;
  issue(script, pod);
  script.after(20).add('pod.ready', { pod: pod.ref }, `pod:${pod.ref}`);
}

export type CallEnd = 'mtls' | 'plaintext' | 'refused-network' | 'refused-peer' | 'denied';

/** One request from a pod to another, over a connection of its own unless `hold` keeps it open. */
export function call(script: Script, from: PodSpec, to: PodSpec, end: CallEnd, hold = false): string {
  const request = script.id('request');
  const connection = script.id('connection');
  const { ref: caller } = from;
  const ends = { sourceIp: from.ip, destinationIp: to.ip };
  script.add(
    'request.sent',
    { request, from: caller, to: to.workload, method: 'GET', path: '/' },
    `app:${caller}`,
  );
  if (end === 'refused-network' || end === 'refused-peer') {
    const by = end === 'refused-network' ? 'NetworkPolicy' : 'PeerIdentity';
    const reason =
      end === 'refused-network' ? 'no ingress rule admits 10.244.1.4' : 'certificate has expired';
    script.add('connection.refused', {
      connection,
      from: caller,
      to: to.ref,
      ...ends,
      by,
      side: end === 'refused-network' ? 'network' : 'server',
      reason,
      message: reason,
      checks: [],
    });
    answer(script, request, from, to, 'refused', by, reason, connection);
    return connection;
  }
  script.after(6).add('connection.opened', {
    connection,
    from: caller,
    to: to.ref,
    ...ends,
    security: end === 'plaintext' ? 'plaintext' : 'mtls',
    peer: end === 'plaintext' ? null : spiffeIdOf(from),
    clientCertificate: null,
    serverCertificate: null,
    held: hold,
  });
  if (end === 'denied') {
    script.add('policy.decided', {
      request,
      pod: to.ref,
      layer: 'AuthorizationPolicy',
      verdict: 'denied',
      policy: 'shop/allow-frontend',
      evidence: [],
    });
    answer(script, request, from, to, 'refused', 'AuthorizationPolicy', 'RBAC: access denied', connection);
  } else answer(script, request, from, to, 'allowed', null, '', connection);
  if (!hold) script.after(3).add('connection.closed', { connection, reason: 'request done' });
  return connection;
}

function answer(
  script: Script,
  request: string,
  from: PodSpec,
  to: PodSpec,
  outcome: 'allowed' | 'refused',
  by: EntryData['request.answered']['by'],
  reason: string,
  connection: string,
): void {
  script.add('request.answered', {
    request,
    from: from.ref,
    to: to.ref,
    outcome,
    status: outcome === 'allowed' ? 200 : by === 'AuthorizationPolicy' ? 403 : 503,
    by,
    reason,
    peer: null,
    connection,
  });
}
