import { kindOf } from '../../core/kubernetes/index.ts';
import type { World } from '../world.ts';

export type MutualTlsMode = 'STRICT' | 'PERMISSIVE' | 'DISABLE';

interface PeerAuthenticationSpec {
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> } | null;
  readonly mtls?: { readonly mode?: string } | null;
}

const modes: Readonly<Record<string, MutualTlsMode>> = {
  STRICT: 'STRICT',
  PERMISSIVE: 'PERMISSIVE',
  DISABLE: 'DISABLE',
};

/**
 * The mode of a workload: of the PeerAuthentication that selects it, else of its namespace's, else of the mesh's in
 * istio-system; UNSET asks the next wider one, and PERMISSIVE is the default. Of two of one scope the older counts.
 * Simplified: `portLevelMtls` has no effect.
 */
export function mutualTlsMode(
  world: World,
  workload: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
): MutualTlsMode {
  const found: (MutualTlsMode | undefined)[] = [undefined, undefined, undefined];
  for (const resource of world.cluster.resources.values()) {
    if (kindOf(resource) !== 'PeerAuthentication') continue;
    const spec = (resource.raw as { readonly spec?: PeerAuthenticationSpec }).spec ?? {};
    const scope = scopeOf(resource.metadata.namespace, spec, workload);
    if (scope !== null) found[scope] ??= modes[spec.mtls?.mode ?? ''];
  }
  return found[0] ?? found[1] ?? found[2] ?? 'PERMISSIVE';
}

/** 0 workload, 1 namespace, 2 mesh; null where it does not concern the workload. */
function scopeOf(
  namespace: string | null,
  { selector }: PeerAuthenticationSpec,
  workload: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
): 0 | 1 | 2 | null {
  const labels = Object.entries(selector?.matchLabels ?? {});
  if (namespace === workload.namespace) {
    if (labels.length === 0) return 1;
    return labels.every(([key, value]) => workload.labels[key] === value) ? 0 : null;
  }
  return namespace === 'istio-system' && labels.length === 0 ? 2 : null;
}
