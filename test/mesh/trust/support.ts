import { expect } from 'vitest';
import type { AuthoritySetting } from '../../../src/mesh/trust/authority.ts';
import type { ClusterSetting } from '../../../src/mesh/trust/control-plane.ts';
import type { Mesh, MeshCommand } from '../../../src/mesh/index.ts';
import { parseCertificates, type Certificate } from '../../../src/core/pki/index.ts';
import type { EntryKind, EntryOf } from '../../../src/trace/index.ts';
import { account, deployment, entriesOf, fast, namespace, start } from '../support/shop.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

/** kubelet brings a list to the pods after a minute. */
export const mountMs = 61_000;

/** Two corporations: each root has CAs below it that a cluster may sign with. */
export const twoRoots: readonly AuthoritySetting[] = [
  { id: 'root-a', commonName: 'A Root CA' },
  { id: 'seoul-a', parent: 'root-a', commonName: 'Seoul A', pathLength: 0 },
  { id: 'seoul-a2', parent: 'root-a', commonName: 'Seoul A2', pathLength: 0 },
  { id: 'root-b', commonName: 'B Root CA' },
  { id: 'seoul-b', parent: 'root-b', commonName: 'Seoul B', pathLength: 0 },
];

export const seoul: ClusterSetting = { name: 'seoul', issuer: 'seoul-a' };

export const twoApps =
  namespace('shop') + ['frontend', 'payment'].map((name) => account(name) + deployment(name)).join('');

/** The same, and another cluster's namespace with one application. */
export const threeApps =
  twoApps + namespace('legacy') + account('app', 'legacy') + deployment('app', { namespace: 'legacy' });

export async function begin(
  authorities: readonly AuthoritySetting[],
  clusters: readonly ClusterSetting[],
  yaml = twoApps,
): Promise<Mesh> {
  const mesh = await start(yaml, { settings: { ...fast, authorities, clusters } });
  await mesh.driver.advanceTo(minuteMs);
  return mesh;
}

/** Gives commands, each after the one before is done; none may be refused. */
export async function perform(mesh: Mesh, ...commands: readonly MeshCommand[]): Promise<void> {
  for (const command of commands) {
    expect(mesh.do(command)).toMatchObject({ ok: true });
    await mesh.driver.advanceTo(mesh.now());
  }
}

export async function pass(mesh: Mesh, ms: number): Promise<void> {
  await mesh.driver.advanceTo(mesh.now() + ms);
}

export function dataOf<K extends EntryKind>(mesh: Mesh, kind: K): EntryOf<K>['data'][] {
  return entriesOf(mesh, kind).map(({ data }) => data as EntryOf<K>['data']);
}

export function last<K extends EntryKind>(mesh: Mesh, kind: K): EntryOf<K>['data'] {
  const found = dataOf(mesh, kind).at(-1);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
}

/** The pod of a workload that is there now. */
export function podOf(mesh: Mesh, workload: string): string {
  const found = mesh.pods().findLast(({ pod }) => pod.startsWith(`${workload}-`));
  if (found === undefined) throw new Error(`no pod of ${workload}`);
  return found.pod;
}

/** What the agent of a workload's pod holds: its chain, leaf first, and the roots that came with it. */
export function held(
  mesh: Mesh,
  workload: string,
): { chain: readonly Certificate[]; roots: readonly Certificate[] } {
  const material = mesh.material(podOf(mesh, workload));
  const { certChainPem = null, rootCertPem = null } = material ?? {};
  if (certChainPem === null || rootCertPem === null) throw new Error(`${workload} holds nothing`);
  return { chain: parseCertificates(certChainPem), roots: parseCertificates(rootCertPem) };
}

export function subjects(certificates: readonly Certificate[]): string[] {
  return certificates.map(({ subject }) => subject.toString());
}

export const publish = (authority: string, validForMs = 6 * hourMs): MeshCommand => ({
  type: 'publish-crl',
  authority,
  validForMs,
});
