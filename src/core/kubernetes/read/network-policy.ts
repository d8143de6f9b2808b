import { isIpv6Cidr, parseCidr } from '../cidr.ts';
import type { Fields } from '../fields.ts';
import type { IngressRule, NetworkPolicySpec, PolicyPeer, PolicyPort } from '../network-policy-spec.ts';
import { readLabelSelector } from './metadata.ts';
import { checkPort, PROTOCOLS } from './pod-template.ts';

/** Reads `spec` of a networking.k8s.io/v1 NetworkPolicy; null where it is missing. */
export function readNetworkPolicySpec(object: Fields): NetworkPolicySpec | null {
  const fields = object.fields('spec');
  if (fields === undefined) {
    if (!object.has('spec')) object.required('spec');
    return null;
  }
  fields.closed(['podSelector', 'policyTypes', 'ingress', 'egress']);
  const podSelector = fields.fields('podSelector');
  const policyTypes = readPolicyTypes(fields);
  if (policyTypes.includes('Egress')) noteEgress(fields);
  return {
    podSelector:
      podSelector === undefined ? { matchLabels: {}, matchExpressions: [] } : readLabelSelector(podSelector),
    policyTypes,
    ingress: (fields.fieldsList('ingress') ?? []).map(readRule),
  };
}

function readPolicyTypes(fields: Fields): ('Ingress' | 'Egress')[] {
  const given = fields.strings('policyTypes');
  if (given === undefined) {
    const egress = fields.list('egress') ?? [];
    return egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  }
  return given.flatMap(({ text, at }) => {
    if (text === 'Ingress' || text === 'Egress') return [text];
    const message = `spec.policyTypes: Unsupported value: "${text}": supported values: "Ingress", "Egress"`;
    fields.findings.error(at, 'field.value', fields.named(message), { value: text });
    return [];
  });
}

function noteEgress(fields: Fields) {
  fields.notice(
    fields.has('egress') ? 'egress' : 'policyTypes',
    'networkPolicy.egress',
    'egress rules have no effect here: traffic is judged where it arrives',
    'limit the same traffic by ingress rules of the pods it goes to',
  );
}

function readRule(fields: Fields): IngressRule {
  fields.closed(['from', 'ports']);
  const from = fields.fieldsList('from');
  const ports = fields.fieldsList('ports');
  // An empty list means the same as none: every source, every port (API comment of NetworkPolicyIngressRule).
  return {
    from: from === undefined || from.length === 0 ? null : from.flatMap((peer) => readPeer(peer) ?? []),
    ports:
      ports === undefined || ports.length === 0 ? null : ports.flatMap((port) => readPolicyPort(port) ?? []),
  };
}

function readPeer(fields: Fields): PolicyPeer | null {
  fields.closed(['podSelector', 'namespaceSelector', 'ipBlock']);
  const pods = fields.fields('podSelector');
  const namespaces = fields.fields('namespaceSelector');
  const block = fields.fields('ipBlock');
  if (block !== undefined && (pods !== undefined || namespaces !== undefined)) {
    fields.error(
      'ipBlock',
      'networkPolicy.peer',
      `${fields.path}: Forbidden: may not specify both ipBlock and another peer`,
    );
    return null;
  }
  if (block !== undefined) return readIpBlock(block);
  if (pods === undefined && namespaces === undefined) {
    // A peer whose fields are all misspelt has been reported field by field.
    if ([...fields.keys].length === 0) {
      const message = fields.named(`${fields.path}: Required value: must specify a peer`);
      fields.findings.error(fields.at, 'networkPolicy.peer', message);
    }
    return null;
  }
  return {
    type: 'pods',
    namespaceSelector: namespaces === undefined ? null : readLabelSelector(namespaces),
    podSelector: pods === undefined ? null : readLabelSelector(pods),
  };
}

function readIpBlock(fields: Fields): PolicyPeer | null {
  fields.closed(['cidr', 'except']);
  const cidr = fields.string('cidr');
  const except = fields.strings('except') ?? [];
  if (!fields.has('cidr')) fields.required('cidr');
  if (cidr === undefined) return null;
  if (!isCidr(cidr)) {
    fields.error('cidr', 'cidr.form', invalidCidr(fields.pathOf('cidr'), cidr), {
      value: cidr,
      hint: parseCidr(`${cidr}/32`) === null ? null : `for one address write "${cidr}/32"`,
    });
    return null;
  }
  for (const { text, at } of except) {
    const problem = exceptProblem(fields.pathOf('except'), cidr, text);
    if (problem !== null) fields.findings.error(at, 'cidr.form', fields.named(problem), { value: text });
  }
  return { type: 'ipBlock', cidr, except: except.map((each) => each.text) };
}

function isCidr(text: string): boolean {
  return parseCidr(text) !== null || isIpv6Cidr(text);
}

function invalidCidr(path: string, text: string): string {
  return `${path}: Invalid value: "${text}": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)`;
}

function exceptProblem(path: string, cidr: string, text: string): string | null {
  if (!isCidr(text)) return invalidCidr(path, text);
  const [outer, inner] = [parseCidr(cidr), parseCidr(text)];
  if (outer === null || inner === null) return null;
  const inside = inner.first >= outer.first && inner.last <= outer.last;
  const smaller = inner.last - inner.first < outer.last - outer.first;
  return inside && smaller ? null : `${path}: Invalid value: "${text}": must be a strict subset of \`cidr\``;
}

function readPolicyPort(fields: Fields): PolicyPort | null {
  fields.closed(['protocol', 'port', 'endPort']);
  const protocol = fields.word('protocol', PROTOCOLS) ?? 'TCP';
  const port = fields.integerOrString('port') ?? null;
  const endPort = fields.integer('endPort') ?? null;
  if (typeof port === 'number' && checkPort(fields, 'port', port) === undefined) return null;
  if (endPort !== null && (typeof port !== 'number' || endPort < port)) {
    const message = `${fields.pathOf('endPort')}: Invalid value: ${endPort}: must be greater than or equal to \`port\``;
    fields.error('endPort', 'port.range', message, { value: String(endPort) });
    return null;
  }
  return { protocol, port, endPort };
}
