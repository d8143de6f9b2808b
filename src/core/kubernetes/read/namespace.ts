import type { Fields } from '../fields.ts';
import type { Labels } from '../labels.ts';
import { didYouMean } from '../suggest.ts';

/** Says which labels of a namespace do not do here, or anywhere, what their author may think. */
export function noteNamespaceLabels(object: Fields, labels: Labels) {
  const at = object.fields('metadata')?.fields('labels');
  if (at === undefined) return;
  const injection = labels['istio-injection'];
  if (injection !== undefined && injection !== 'enabled' && injection !== 'disabled') {
    const text = `istio-injection: "${injection}" switches nothing on: only the value "enabled" does`;
    at.notice('istio-injection', 'injection.value', text, didYouMean(injection, ['enabled', 'disabled']));
  }
  const revision = labels['istio.io/rev'];
  if (revision !== undefined && revision !== 'default' && injection === undefined) {
    const text = `no istiod of revision "${revision}" runs here, so its pods get no sidecar`;
    at.notice('istio.io/rev', 'injection.revision', text, 'use istio-injection: enabled');
  }
  if (labels['istio.io/dataplane-mode'] === 'ambient') {
    const text = 'ambient mode is not simulated: pods of this namespace get no identity without a sidecar';
    at.notice('istio.io/dataplane-mode', 'ambient.unsupported', text, 'use istio-injection: enabled');
  }
}
