import { type CryptoProvider, nativeCrypto } from '../../../src/core/crypto/index.ts';
import { createMesh, type Mesh, type MeshSettings } from '../../../src/mesh/index.ts';

export const dayMs = 86_400_000;

const podsPerNode = 200;
const podsPerWorkload = 50;

/** P-256 everywhere, as the budgets say, and as many nodes as the pods need. */
function settingsFor(pods: number): Partial<MeshSettings> {
  return {
    keyType: 'ecdsa-p256',
    rootKeyType: 'ecdsa-p256',
    apiServerKeyType: 'ecdsa-p256',
    nodes: Array.from({ length: Math.ceil(pods / podsPerNode) }, (_, i) => ({
      name: `node-${i + 1}`,
      podCidr: `10.${100 + (i >> 8)}.${i & 255}.0/24`,
    })),
  };
}

/** Deployments of fifty pods, each with a service account of its own. */
function manifestFor(pods: number): string {
  const workloads = Math.ceil(pods / podsPerWorkload);
  const documents = Array.from({ length: workloads }, (_, i) => {
    const replicas = Math.min(podsPerWorkload, pods - i * podsPerWorkload);
    const name = `service-${i + 1}`;
    return `---
apiVersion: v1
kind: ServiceAccount
metadata: { name: ${name}, namespace: fleet }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: fleet }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      serviceAccountName: ${name}
      containers: [{ name: app, image: example/app:1 }]
`;
  });
  return `apiVersion: v1
kind: Namespace
metadata: { name: fleet, labels: { istio-injection: enabled } }
${documents.join('')}`;
}

export interface Fleet {
  readonly mesh: Mesh;
  /** Lets time pass; every pod must be ready then. */
  runFor(ms: number): Promise<void>;
  /** Lets go of it. Actors are not stopped one by one: XState looks through all timers for each. */
  end(): void;
}

/** A mesh with this many pods, not yet started; as a long headless run keeps it: the last artefacts only, no tape. */
export async function createFleet(pods: number, { provider = nativeCrypto, seed = 1 } = {}): Promise<Fleet> {
  const mesh = await createMesh({
    provider: provider satisfies CryptoProvider,
    seed,
    settings: settingsFor(pods),
    record: false,
    keep: 'last',
    keepEntries: 1_000,
    tlsEvidence: 'none',
    monotonic: () => performance.now(),
  });
  const result = mesh.do({ type: 'apply', yaml: manifestFor(pods) });
  if (!result.ok) throw new Error(JSON.stringify(result.refusals));
  return {
    mesh,
    runFor: async (ms) => {
      await mesh.driver.advanceTo(mesh.now() + ms);
      const ready = mesh.pods().filter((pod) => pod.ready).length;
      if (ready !== pods) throw new Error(`${ready} of ${pods} pods are ready`);
    },
    end: () => {
      mesh.driver.stop();
    },
  };
}
