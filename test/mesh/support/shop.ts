import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import { createMesh, type Mesh, type MeshOptions, type MeshSettings } from '../../../src/mesh/index.ts';
import { isDrawn } from '../../scenario/shape.ts';
import type { Entry, EntryKind, EntryOf } from '../../../src/trace/index.ts';

export const hourMs = 3_600_000;

export function deployment(name: string, { account = name, replicas = 1, namespace = 'shop' } = {}): string {
  return `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  selector: { app: ${name} }
  ports: [{ name: http, port: 8080, targetPort: 8080 }]
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
      ${account === 'default' ? '' : `serviceAccountName: ${account}`}
      containers: [{ name: app, image: example/app:1, ports: [{ containerPort: 8080 }] }]
---`;
}

export function account(name: string, namespace = 'shop'): string {
  return `
apiVersion: v1
kind: ServiceAccount
metadata: { name: ${name}, namespace: ${namespace} }
---`;
}

export function namespace(name: string, injected = true): string {
  return `
apiVersion: v1
kind: Namespace
metadata: { name: ${name}${injected ? ', labels: { istio-injection: enabled }' : ''} }
---`;
}

export const shop =
  namespace('shop') +
  ['frontend', 'order', 'payment'].map((name) => account(name) + deployment(name)).join('');

export const fast: Partial<MeshSettings> = {
  keyType: 'ecdsa-p256',
  rootKeyType: 'ecdsa-p256',
  apiServerKeyType: 'ecdsa-p256',
};

export async function start(yaml: string, options: Partial<MeshOptions> = {}): Promise<Mesh> {
  const mesh = await createMesh({
    provider: nativeCrypto,
    seed: 7,
    ...options,
    settings: { ...fast, ...options.settings },
  });
  apply(mesh, yaml);
  return mesh;
}

export function apply(mesh: Mesh, yaml: string): void {
  const result = mesh.do({ type: 'apply', yaml });
  if (!result.ok) throw new Error(JSON.stringify(result.refusals));
}

export function entriesOf<K extends EntryKind>(mesh: Mesh, kind: K): EntryOf<K>[] {
  return mesh.trace.entries.filter((entry): entry is EntryOf<K> => entry.kind === kind);
}

/** A trace without what keys and signatures make differ, and without the key id of the token signer. */
export function shape(entries: readonly Entry[]): string {
  return JSON.stringify(entries, (key, value: unknown) => (isDrawn(key) ? undefined : value))
    .replace(/kid [\w-]{43}/g, 'kid')
    .replace(/of \d+ octets/g, 'of octets');
}

export async function request(
  mesh: Mesh,
  from: string,
  to: string,
): Promise<EntryOf<'request.answered'>['data']> {
  const before = entriesOf(mesh, 'request.answered').length;
  const result = mesh.do({ type: 'request', from, to });
  if (!result.ok) throw new Error(JSON.stringify(result.refusals));
  await mesh.driver.advanceTo(mesh.now() + 15_000, {
    until: () => entriesOf(mesh, 'request.answered').length > before,
  });
  const answered = entriesOf(mesh, 'request.answered')[before];
  if (answered === undefined) throw new Error(`no answer from ${to}`);
  return answered.data;
}
