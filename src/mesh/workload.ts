import { replicaSetHash, type PodTemplate, type Resource } from '../core/kubernetes/index.ts';
import type { Workload } from './cluster.ts';

/** Puts a new template in force; the hash tells old pods from current ones. */
export function setTemplate(workload: Workload, template: PodTemplate): void {
  workload.template = template;
  workload.hash = replicaSetHash(template);
}

export function isWorkload(
  resource: Resource,
): resource is Extract<Resource, { kind: 'Deployment' | 'StatefulSet' | 'ReplicaSet' | 'Pod' }> {
  return ['Deployment', 'StatefulSet', 'ReplicaSet', 'Pod'].includes(resource.kind);
}

/** Replica count and template that a resource asks for; a bare pod is a workload of one. */
export function desiredOf(
  resource: Extract<Resource, { kind: 'Deployment' | 'StatefulSet' | 'ReplicaSet' | 'Pod' }>,
): {
  replicas: number;
  template: PodTemplate;
} {
  if (resource.kind === 'Pod') {
    const { labels, annotations } = resource.metadata;
    return { replicas: 1, template: { metadata: { labels, annotations }, spec: resource.spec } };
  }
  return { replicas: resource.spec.replicas, template: resource.spec.template };
}
