import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import { createMesh, type Mesh, type MeshCommand, type MeshSettings } from '../../../src/mesh/index.ts';
import type { Entry } from '../../../src/trace/entry.ts';

const hourMs = 3_600_000;

const fast: Partial<MeshSettings> = {
  keyType: 'ecdsa-p256',
  rootKeyType: 'ecdsa-p256',
  apiServerKeyType: 'ecdsa-p256',
};

function app(name: string, namespace = 'shop', replicas = 1): string {
  return `
apiVersion: v1
kind: ServiceAccount
metadata: { name: ${name}, namespace: ${namespace} }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 8080, targetPort: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      serviceAccountName: ${name}
      containers: [{ name: app, image: example/app:1, ports: [{ containerPort: 8080 }] }]
---
`;
}

const namespaces = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }
---
apiVersion: v1
kind: Namespace
metadata: { name: legacy }
---
`;

const onlyFrontend = `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: order, namespace: shop }
spec:
  selector: { matchLabels: { app: order } }
  rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/frontend] } }] }]
`;

async function open(names: readonly string[], legacy: readonly string[] = []): Promise<Mesh> {
  const mesh = await createMesh({ provider: nativeCrypto, seed: 7, settings: fast });
  const yaml =
    namespaces + names.map((name) => app(name)).join('') + legacy.map((name) => app(name, 'legacy')).join('');
  act(mesh, { type: 'apply', yaml });
  return mesh;
}

function act(mesh: Mesh, command: MeshCommand): void {
  const result = mesh.do(command);
  if (!result.ok) throw new Error(JSON.stringify(result.refusals));
}

async function wait(mesh: Mesh, ms: number): Promise<void> {
  await mesh.driver.advanceTo(mesh.now() + ms);
}

/** Three identities are born; the trace of a run as the simulator makes it. */
export async function realBirth(): Promise<Entry[]> {
  const mesh = await open(['frontend', 'order']);
  await wait(mesh, 5_000);
  return [...mesh.trace.entries];
}

/** Requests that are allowed, denied by policy, and plaintext from outside the mesh; one connection held open. */
export async function realCalls(): Promise<Entry[]> {
  const mesh = await open(['frontend', 'order', 'payment'], ['mallory']);
  await wait(mesh, 30_000);
  act(mesh, { type: 'apply', yaml: onlyFrontend });
  act(mesh, { type: 'request', from: 'shop/frontend', to: 'shop/order', hold: 'kept' });
  await wait(mesh, 2_000);
  act(mesh, { type: 'request', from: 'shop/payment', to: 'shop/order' });
  await wait(mesh, 2_000);
  act(mesh, { type: 'request', from: 'legacy/mallory', to: 'shop/payment' });
  await wait(mesh, 2_000);
  act(mesh, { type: 'request', from: 'shop/order', to: 'shop/payment' });
  await wait(mesh, 2_000);
  return [...mesh.trace.entries];
}

/** Two days: a rotation, istiod stopped across the next one and across expiry, a rollout after it is back. */
export async function realOutage(): Promise<Entry[]> {
  const mesh = await open(['frontend', 'order', 'payment']);
  await wait(mesh, 30_000);
  act(mesh, { type: 'request', from: 'shop/frontend', to: 'shop/order', count: 30, everyMs: hourMs / 2 });
  await wait(mesh, 18 * hourMs);
  act(mesh, { type: 'stop-istiod' });
  await wait(mesh, 19 * hourMs);
  act(mesh, { type: 'request', from: 'shop/frontend', to: 'shop/order' });
  await wait(mesh, hourMs);
  act(mesh, { type: 'start-istiod' });
  await wait(mesh, hourMs);
  act(mesh, { type: 'restart', workload: 'shop/order' });
  await wait(mesh, 2 * hourMs);
  act(mesh, { type: 'request', from: 'shop/frontend', to: 'shop/order' });
  await wait(mesh, hourMs);
  return [...mesh.trace.entries];
}
