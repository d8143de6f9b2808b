import type { Labels } from './labels.ts';

/** What the injector's decision depends on. */
export interface InjectionQuestion {
  readonly namespace: string;
  readonly namespaceLabels: Labels;
  readonly podLabels: Labels;
  readonly podAnnotations: Readonly<Record<string, string>>;
  readonly hostNetwork?: boolean;
}

/** Whether a sidecar is added, and which rule says so. */
export interface InjectionDecision {
  readonly inject: boolean;
  /** One sentence naming the webhook or the rule that decided. */
  readonly reason: string;
}

/**
 * Whether a new pod gets a sidecar, by the webhook rules of Istio's default revision and then by istiod's own
 * (istio: manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml; pkg/kube/inject/inject.go,
 * injectRequired). Simplified: the installation's defaults, so `enableNamespacesByDefault` is off, the policy is
 * `enabled` and there are no always- or never-inject selectors.
 */
export function injectionDecision(question: InjectionQuestion): InjectionDecision {
  const webhook = matchingWebhook(question);
  return webhook.matches ? decideInside(question, webhook.reason) : { inject: false, reason: webhook.reason };
}

const INJECT = 'sidecar.istio.io/inject';
const REVISION = 'istio.io/rev';
const DEFAULT_REVISION = 'default';
const IGNORED_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage'];

function matchingWebhook({ namespace, namespaceLabels, podLabels }: InjectionQuestion): {
  matches: boolean;
  reason: string;
} {
  const wanted = podLabels[INJECT];
  const injection = namespaceLabels['istio-injection'];
  const revision = namespaceLabels[REVISION];
  const podRevision = podLabels[REVISION];
  const hit = (reason: string) => ({ matches: true, reason });
  const miss = (reason: string) => ({ matches: false, reason });

  if (injection === 'enabled') {
    return wanted === 'false'
      ? miss(`pod label ${INJECT}=false`)
      : hit(`namespace ${namespace} is labelled istio-injection=enabled`);
  }
  if (injection !== undefined) {
    const but = wanted === 'true' ? `, which outweighs the pod label ${INJECT}=true` : '';
    return miss(`namespace ${namespace} is labelled istio-injection=${injection}${but}`);
  }
  if (revision !== undefined) {
    if (revision !== DEFAULT_REVISION)
      return miss(`no istiod of revision ${revision} (namespace label ${REVISION})`);
    return wanted === 'false'
      ? miss(`pod label ${INJECT}=false`)
      : hit(`namespace ${namespace} is labelled ${REVISION}=default`);
  }
  if (podRevision !== undefined) {
    if (podRevision !== DEFAULT_REVISION)
      return miss(`no istiod of revision ${podRevision} (pod label ${REVISION})`);
    return wanted === 'false' ? miss(`pod label ${INJECT}=false`) : hit(`pod label ${REVISION}=default`);
  }
  if (wanted === 'true') return hit(`pod label ${INJECT}=true`);
  return miss(`namespace ${namespace} has no label istio-injection=enabled`);
}

function decideInside(question: InjectionQuestion, webhook: string): InjectionDecision {
  const { namespace, podLabels, podAnnotations, hostNetwork } = question;
  if (hostNetwork === true)
    return { inject: false, reason: 'the pod uses the network of its node (hostNetwork)' };
  if (IGNORED_NAMESPACES.includes(namespace))
    return { inject: false, reason: `namespace ${namespace} is never injected` };
  // The label decides where both are given; the annotation is the older form.
  const label = podLabels[INJECT];
  const value = label ?? podAnnotations[INJECT];
  const where = label === undefined ? 'annotation' : 'label';
  if (value === 'false') return { inject: false, reason: `pod ${where} ${INJECT}=false` };
  return { inject: true, reason: webhook };
}
