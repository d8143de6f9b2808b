import { parseAddress } from '../cidr.ts';
import type { Fields } from '../fields.ts';
import type { ServicePort, ServiceSpec } from '../resources.ts';
import { readLabels } from './metadata.ts';
import { checkPort, PROTOCOLS, readPort } from './pod-template.ts';

const SERVICE_TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'] as const;

/** Reads `spec` of a core/v1 Service; null where it is missing. */
export function readServiceSpec(object: Fields): ServiceSpec | null {
  const fields = object.fields('spec');
  if (fields === undefined) {
    if (!object.has('spec')) object.required('spec');
    return null;
  }
  fields.nearly(SERVICE_FIELDS);
  const type = fields.word('type', SERVICE_TYPES) ?? 'ClusterIP';
  const clusterIP = fields.string('clusterIP') ?? null;
  if (clusterIP !== null && clusterIP !== '' && clusterIP !== 'None' && parseAddress(clusterIP) === null) {
    fields.error(
      'clusterIP',
      'address.form',
      `spec.clusterIPs[0]: Invalid value: "${clusterIP}": must be a valid IP address`,
      {
        value: clusterIP,
      },
    );
  }
  const ports = (fields.fieldsList('ports') ?? []).flatMap((port) => readServicePort(port) ?? []);
  if (!fields.has('ports') && type !== 'ExternalName' && clusterIP !== 'None') fields.required('ports');
  if (ports.length > 1) requireNames(fields);
  if (type === 'ExternalName') {
    fields.notice(
      'type',
      'service.externalName',
      'names outside the cluster lead nowhere here: the service has no endpoints',
    );
  }
  return {
    type,
    clusterIP: clusterIP === '' ? null : clusterIP,
    selector: fields.has('selector') && type !== 'ExternalName' ? readLabels(fields, 'selector') : null,
    ports,
  };
}

function readServicePort(fields: Fields): ServicePort | null {
  fields.closed(['name', 'port', 'targetPort', 'protocol', 'nodePort', 'appProtocol']);
  const name = fields.string('name');
  const port = readPort(fields, 'port');
  const target = fields.integerOrString('targetPort');
  const protocol = fields.word('protocol', PROTOCOLS) ?? 'TCP';
  if (!fields.has('port')) fields.required('port');
  if (typeof target === 'number') checkPort(fields, 'targetPort', target);
  if (port === undefined) return null;
  return { ...(name === undefined ? {} : { name }), port, targetPort: target ?? port, protocol };
}

function requireNames(spec: Fields) {
  for (const port of spec.fieldsList('ports') ?? []) {
    if (!port.has('name')) port.required('name', 'a service with several ports must name each of them');
  }
}

const SERVICE_FIELDS = (
  'allocateLoadBalancerNodePorts clusterIP clusterIPs externalIPs externalName externalTrafficPolicy ' +
  'healthCheckNodePort internalTrafficPolicy ipFamilies ipFamilyPolicy loadBalancerClass loadBalancerIP ' +
  'loadBalancerSourceRanges ports publishNotReadyAddresses selector sessionAffinity sessionAffinityConfig ' +
  'trafficDistribution type'
).split(' ');
