import type { Mesh } from '../../mesh/index.ts';
import type { LoadedLesson } from '../load.ts';
import { Executor } from './executor.ts';
import { failureOf, type RunFailure } from './failure.ts';

/** A mesh whose pods are not ready after this much virtual time never gets them ready. */
const readyWithinMs = 10 * 60_000;

/** Applies the resources of a lesson, and lets the pods get ready where the lesson begins with a running mesh. */
export async function bootMesh(mesh: Mesh, loaded: LoadedLesson): Promise<RunFailure | null> {
  const { resources, ready = false } = loaded.lesson.mesh;
  const executor = new Executor(mesh, 'lesson');
  const command = { type: 'apply', yaml: resources, file: loaded.file } as const;
  const applied = await executor.run({ type: 'command', command, background: false });
  const first = applied.ok ? undefined : applied.refusals[0];
  if (first !== undefined) return failureOf(first, loaded, ['mesh'], 'mesh', 'resources');
  if (!ready) return null;
  const allReady = (): boolean => mesh.pods().every((pod) => pod.ready);
  await executor.advanceTo(mesh.now() + readyWithinMs, allReady);
  if (allReady()) return null;
  const late = mesh.pods().filter((pod) => !pod.ready);
  const message = `not ready after 10m: ${late.map(({ pod }) => pod).join(', ')}`;
  return failureOf({ rule: 'ready', message }, loaded, ['mesh', 'ready'], 'mesh');
}
