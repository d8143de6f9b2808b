import { afterAll, beforeAll, expect, it } from 'vitest';
import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import type { Mesh } from '../../../src/mesh/index.ts';
import { gatherEvidence } from '../../../src/projection/verify/evidence.ts';
import { meshCase, type MeshScene } from '../../../src/projection/verify/mesh-case.ts';
import { walkOf } from '../../../src/projection/verify/walk.ts';
import type { Artefact } from '../../../src/trace/artefact.ts';
import { hourMs, shop, start } from '../../mesh/support/shop.ts';

let mesh: Mesh;
let scene: MeshScene;

beforeAll(async () => {
  mesh = await start(shop);
  await mesh.driver.advanceTo(hourMs);
  scene = sceneAt(hourMs);
});
afterAll(() => mesh.stop());

function sceneAt(atMs: number): MeshScene {
  const { entries } = mesh.trace;
  const [first] = entries;
  const epochMs = first?.kind === 'world.started' ? first.data.epochMs : Number.NaN;
  const lookup = (id: string) => mesh.artefacts.get(id);
  return { entries, cursor: entries.length, lookup, nowMs: epochMs + atMs };
}

function issued(): Artefact {
  const entry = mesh.trace.entries.find(({ kind }) => kind === 'certificate.issued');
  const found = entry?.kind === 'certificate.issued' ? mesh.artefacts.get(entry.data.artefact) : undefined;
  if (!found) throw new Error('nothing was issued');
  return found;
}

async function verdictOf(artefact: Artefact, at: MeshScene): Promise<string> {
  const input = meshCase(artefact, at);
  if (input === null) return 'nothing';
  const { ok, refusal, profile, anchors } = walkOf(await gatherEvidence(nativeCrypto, input));
  return `${profile} ${anchors.length} ${ok ? 'valid' : refusal?.kind}`;
}

it('a workload’s certificate is valid for the mesh’s root while it lasts', async () => {
  expect(await verdictOf(issued(), scene)).toBe('spiffe 1 valid');
  expect(await verdictOf(issued(), sceneAt(30 * hourMs))).toBe('spiffe 1 certificate-expired');
});

it('nobody is trusted before there is a root', async () => {
  expect(await verdictOf(issued(), { ...scene, cursor: 1 })).toBe('spiffe 0 self-signed-untrusted');
});

it('the root, and istiod’s own certificate, are no SVIDs', async () => {
  const all = [...mesh.artefacts.all()].filter(({ kind }) => kind === 'certificate');
  for (const owner of ['authority:istiod:0', 'istiod:serving']) {
    expect(
      await verdictOf(
        all.find((one) => one.owner === owner)!,
        scene,
      ),
      owner,
    ).toBe('rfc5280 1 valid');
  }
});

it('what holds no certificate is no case', () => {
  const token = [...mesh.artefacts.all()].find(({ kind }) => kind === 'token');
  expect(meshCase(token!, scene)).toBeNull();
  expect(meshCase({ ...issued(), bytes: Uint8Array.of(1, 2, 3) }, scene)).toBeNull();
});
