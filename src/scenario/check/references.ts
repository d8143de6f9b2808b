import type { Problem } from '../problem.ts';
import type { Reference } from '../reference.ts';
import type { KnownNames } from './names.ts';

/** The first thing a reference names that the lesson never brings into the world; null where all is there. */
export function referenceProblem(reference: Reference, names: KnownNames): Problem | null {
  switch (reference.type) {
    case 'pod':
      return names.podProblem(reference.pod);
    case 'node':
      return names.nodeProblem(reference.node);
    case 'policy':
      return names.policyProblem(reference.policy);
    case 'connection':
      return names.podProblem(reference.from) ?? names.podProblem(reference.to);
    case 'handshake':
      return names.podProblem(reference.from) ?? holderProblem(reference.to, names);
    case 'actor':
      return reference.of === null ? null : names.podProblem(reference.of);
    case 'trust':
    case 'rollout':
      return null;
    case 'artefact':
    case 'message':
      return holderProblem(reference.of, names);
  }
}

function holderProblem(of: string, names: KnownNames): Problem | null {
  if (of.includes('/')) return names.podProblem(of);
  if (of === 'istiod' || of === 'api-server') return null;
  return {
    rule: 'reference',
    message: `"${of}" holds nothing`,
    hint: 'a pod as namespace/name, istiod or api-server',
  };
}
