import { describe, expect, it } from 'vitest';
import { injectionDecision, type InjectionQuestion } from '../../../src/core/kubernetes/index.ts';

const ask = (question: Partial<InjectionQuestion>) =>
  injectionDecision({
    namespace: 'shop',
    namespaceLabels: {},
    podLabels: {},
    podAnnotations: {},
    ...question,
  });

const enabled = { 'istio-injection': 'enabled' };
const disabled = { 'istio-injection': 'disabled' };
const pod = (inject: string) => ({ 'sidecar.istio.io/inject': inject });

describe('sidecar injection', () => {
  it.each<[string, Partial<InjectionQuestion>, boolean, string]>([
    ['nothing is labelled', {}, false, 'namespace shop has no label istio-injection=enabled'],
    [
      'the namespace is enabled',
      { namespaceLabels: enabled },
      true,
      'namespace shop is labelled istio-injection=enabled',
    ],
    [
      'the namespace is enabled, the pod says no',
      { namespaceLabels: enabled, podLabels: pod('false') },
      false,
      'pod label sidecar.istio.io/inject=false',
    ],
    [
      'the namespace is enabled, an annotation says no',
      { namespaceLabels: enabled, podAnnotations: pod('false') },
      false,
      'pod annotation sidecar.istio.io/inject=false',
    ],
    [
      'label and annotation disagree: the label decides',
      { namespaceLabels: enabled, podLabels: pod('true'), podAnnotations: pod('false') },
      true,
      'namespace shop is labelled istio-injection=enabled',
    ],
    ['the pod alone asks for it', { podLabels: pod('true') }, true, 'pod label sidecar.istio.io/inject=true'],
    [
      'an annotation alone asks for it: no webhook looks at annotations',
      { podAnnotations: pod('true') },
      false,
      'namespace shop has no label istio-injection=enabled',
    ],
    [
      'disabled beats even a pod that asks for it',
      { namespaceLabels: disabled, podLabels: pod('true') },
      false,
      'namespace shop is labelled istio-injection=disabled, which outweighs the pod label sidecar.istio.io/inject=true',
    ],
    [
      'enabled together with a foreign revision: the first label wins',
      { namespaceLabels: { ...enabled, 'istio.io/rev': 'canary' } },
      true,
      'namespace shop is labelled istio-injection=enabled',
    ],
    [
      'a revision that does not run here',
      { namespaceLabels: { 'istio.io/rev': 'canary' } },
      false,
      'no istiod of revision canary (namespace label istio.io/rev)',
    ],
    [
      'the default revision by name',
      { namespaceLabels: { 'istio.io/rev': 'default' } },
      true,
      'namespace shop is labelled istio.io/rev=default',
    ],
    [
      'the default revision by name, the pod says no',
      { namespaceLabels: { 'istio.io/rev': 'default' }, podLabels: pod('false') },
      false,
      'pod label sidecar.istio.io/inject=false',
    ],
    [
      'the pod names the default revision',
      { podLabels: { 'istio.io/rev': 'default' } },
      true,
      'pod label istio.io/rev=default',
    ],
    [
      'the pod names another revision',
      { podLabels: { 'istio.io/rev': 'canary', ...pod('true') } },
      false,
      'no istiod of revision canary (pod label istio.io/rev)',
    ],
    [
      'the pod shares its node’s network',
      { namespaceLabels: enabled, hostNetwork: true },
      false,
      'the pod uses the network of its node (hostNetwork)',
    ],
    [
      'a namespace of the system',
      { namespace: 'kube-system', namespaceLabels: enabled },
      false,
      'namespace kube-system is never injected',
    ],
    [
      'a value that is neither true nor false counts as absent',
      { namespaceLabels: enabled, podLabels: pod('no') },
      true,
      'namespace shop is labelled istio-injection=enabled',
    ],
  ])('%s', (_case, question, inject, reason) => {
    expect(ask(question)).toEqual({ inject, reason });
  });
});
