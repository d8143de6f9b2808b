import { utf8Decode, utf8Encode } from '../core/bytes/index.ts';
import { tokenRefreshDueMs } from '../core/kubernetes/index.ts';
import { tellIfAlive, type MeshSystem } from './tell.ts';
import { post, type Incoming, type World } from './world.ts';

interface TokenRequestAnswer {
  readonly status: 'Failure' | { readonly token: string; readonly expirationTimestamp: string };
  readonly message?: string;
}

/** Delay after which kubelet asks again when the API server refused a token. Simplified: fixed. */
const tokenRetryMs = 30_000;

/** kubelet asks for the projected istio-token of a pod; nothing where the pod is gone. */
export function requestToken(world: World, node: string, pod: string): void {
  const record = world.cluster.pods.get(pod);
  if (record === undefined) return;
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {
      audiences: [world.settings.tokenAudience],
      expirationSeconds: world.settings.tokenTtlSeconds,
      boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: record.name, uid: record.uid },
    },
  };
  post(world, {
    from: `node:${node}`,
    to: 'api-server',
    protocol: 'TokenRequest',
    label: 'TokenRequest',
    kind: 'token-request',
    pod,
    payload: utf8Encode(JSON.stringify(body)),
    stream: pod,
    headers: {
      ':path': `/api/v1/namespaces/${record.namespace}/serviceaccounts/${record.serviceAccount}/token`,
    },
  });
}

/** The API server answered: kubelet writes the file and plans its renewal, or asks again later. */
export function receiveToken(world: World, system: MeshSystem, node: string, incoming: Incoming): void {
  const pod = incoming.meta.stream;
  const record = world.cluster.pods.get(pod);
  if (record === undefined) return;
  // A pod that is recreated under its name asks for itself.
  const askAgain = (): void => {
    if (world.cluster.pods.get(pod) === record) requestToken(world, node, pod);
  };
  const answer = JSON.parse(utf8Decode(incoming.payload)) as TokenRequestAnswer;
  if (answer.status === 'Failure') {
    const reason = `MountVolume.SetUp failed for volume "istio-token" : failed to fetch token: ${answer.message ?? ''}`;
    world.trace.append(`node:${node}`, 'pod.unready', { pod, reason });
    world.clock.setTimeout(askAgain, tokenRetryMs);
    return;
  }
  const runtime = world.runtimes.of(pod);
  const issuedAtMs = world.clock.now();
  const renewal = runtime.token !== null;
  runtime.token = {
    jwt: answer.status.token,
    artefact: world.artefacts.get(incoming.meta.artefact)?.refs['token'] ?? incoming.meta.artefact,
    issuedAtMs,
    expiresAtMs: Date.parse(answer.status.expirationTimestamp) - world.epochMs,
  };
  world.trace.append(`node:${node}`, 'token.projected', {
    pod,
    artefact: runtime.token.artefact,
    audience: world.settings.tokenAudience,
    expiresAtMs: runtime.token.expiresAtMs,
    renewal,
  });
  if (!renewal) tellIfAlive(world, system, `pod:${pod}`, { type: 'token.mounted' });
  const jitterSeconds = world.chance(`node:${node}`).int(10);
  const { tokenTtlSeconds: ttlSeconds } = world.settings;
  const dueMs = tokenRefreshDueMs({ issuedAtMs, ttlSeconds, jitterSeconds });
  world.clock.setTimeout(askAgain, Math.max(0, dueMs - issuedAtMs));
}
