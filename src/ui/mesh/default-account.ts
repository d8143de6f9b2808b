import type { Inventory } from '../actions/inventory.ts';

/** Workloads of a namespace that run on its account `default`, and so share one identity. */
export interface OnDefault {
  readonly namespace: string;
  /** Names without the namespace, in alphabetical order. */
  readonly workloads: readonly string[];
}

/** Per namespace, the workloads inside the mesh that nobody gave an account. */
export function onDefault({ pods }: Inventory): readonly OnDefault[] {
  const shared = new Map<string, Set<string>>();
  for (const { workload, serviceAccount, injected } of pods.values()) {
    if (!injected || serviceAccount !== 'default') continue;
    const [namespace = '', name = ''] = workload.split('/');
    shared.set(namespace, (shared.get(namespace) ?? new Set()).add(name));
  }
  return [...shared].map(([namespace, names]) => ({ namespace, workloads: [...names].sort() }));
}

/** What to write so that a workload has an identity of its own. */
export function accountOfItsOwn(namespace: string, workload: string): string {
  return [
    'apiVersion: v1',
    'kind: ServiceAccount',
    'metadata:',
    `  name: ${workload}`,
    `  namespace: ${namespace}`,
    '---',
    `# and in the pod template of ${workload}:`,
    'spec:',
    `  serviceAccountName: ${workload}`,
  ].join('\n');
}
