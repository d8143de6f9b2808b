import { nativeCrypto } from '../../core/crypto/index.ts';
import { loadResources } from '../../core/kubernetes/index.ts';
import { createMesh, type Mesh, type MeshSettings } from '../../mesh/index.ts';
import { UnusableInput } from '../exit.ts';

interface Manifest {
  readonly name: string;
  readonly text: string;
}

export interface MeshRunOptions {
  readonly seed: number;
  readonly keep: 'all' | 'last';
  readonly settings: Partial<Pick<MeshSettings, 'keyType' | 'epoch'>>;
}

/** With `--keep last`: enough to see what led to the end, and no more. */
const keptEntries = 10_000;

/**
 * Reads manifests without doing anything yet.
 * @throws UnusableInput with every error, each with its place.
 */
export function checkManifests(files: readonly Manifest[]): void {
  const { errors, resources } = loadResources(files);
  if (errors.length > 0) throw new UnusableInput(errors);
  if (resources.length === 0)
    throw new UnusableInput(`${files.map(({ name }) => name).join(', ')}: no Kubernetes object in it`);
}

export function startMesh({ seed, keep, settings }: MeshRunOptions): Promise<Mesh> {
  return createMesh({
    provider: nativeCrypto,
    seed,
    keep,
    record: false,
    monotonic: () => performance.now(),
    ...(keep === 'last' ? { keepEntries: keptEntries } : {}),
    settings,
  });
}

/**
 * Applies manifests that could be read; their pods are scheduled when this is done.
 * @throws UnusableInput where the cluster refuses them.
 */
export async function applyManifests(mesh: Mesh, files: readonly Manifest[]): Promise<void> {
  const result = mesh.do({ type: 'apply-files', files });
  if (!result.ok) throw new UnusableInput(result.refusals);
  await mesh.driver.advanceTo(mesh.now());
}
