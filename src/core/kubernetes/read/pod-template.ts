import type { Fields } from '../fields.ts';
import { toPlain } from '../located.ts';
import { readProxyConfig } from '../proxy-config.ts';
import type { Container, ContainerPort, PodSpec, PodTemplate, Protocol } from '../resources.ts';
import { readLabelsAndAnnotations } from './metadata.ts';

export const PROTOCOLS: readonly Protocol[] = ['TCP', 'UDP', 'SCTP'];

/** Reads `template` of a workload; null where it is missing. */
export function readPodTemplate(workload: Fields): PodTemplate | null {
  const template = workload.fields('template');
  if (template === undefined) {
    if (!workload.has('template')) workload.required('template');
    return null;
  }
  template.closed(['metadata', 'spec']);
  const metadata = template.fields('metadata');
  metadata?.nearly(['name', 'namespace', 'labels', 'annotations', 'creationTimestamp', 'finalizers']);
  const labelled = readLabelsAndAnnotations(metadata);
  if (metadata !== undefined) checkPodMetadata(metadata, labelled.labels, labelled.annotations);
  const spec = readPodSpec(template);
  return spec === null ? null : { metadata: labelled, spec };
}

/** What in a pod's labels and annotations would be refused, or silently do nothing, in a mesh. */
export function checkPodMetadata(
  metadata: Fields,
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>>,
) {
  const config = annotations[PROXY_CONFIG];
  const problem = config === undefined ? null : readProxyConfig(config).error;
  if (problem !== null) {
    const at = metadata.fields('annotations');
    at?.error(PROXY_CONFIG, 'annotation.proxyConfig', `annotation ${PROXY_CONFIG}: ${problem}`);
  }
  const inject = labels[INJECT] ?? annotations[INJECT];
  if (inject !== undefined && inject !== 'true' && inject !== 'false') {
    const at = metadata.fields(labels[INJECT] === undefined ? 'annotations' : 'labels');
    const text = `${INJECT}: "${inject}" is neither "true" nor "false", so the injector goes by the namespace alone`;
    at?.notice(INJECT, 'injection.value', text);
  }
}

const PROXY_CONFIG = 'proxy.istio.io/config';
const INJECT = 'sidecar.istio.io/inject';

/** Reads `spec` of a pod or a template; null where it is missing or has no containers. */
export function readPodSpec(owner: Fields): PodSpec | null {
  const fields = owner.fields('spec');
  if (fields === undefined) {
    if (!owner.has('spec')) owner.required('spec');
    return null;
  }
  fields.nearly(POD_SPEC_FIELDS);
  const containers = readContainers(fields, 'containers');
  if (!fields.has('containers') || (containers.length === 0 && fields.list('containers')?.length === 0)) {
    fields.required('containers', 'a pod needs at least one container with a name and an image');
  }
  const account = fields.string('serviceAccountName') ?? fields.string('serviceAccount');
  const automount = fields.boolean('automountServiceAccountToken');
  const hostNetwork = fields.boolean('hostNetwork');
  const nodeName = fields.string('nodeName');
  const nodeSelector = fields.stringMap('nodeSelector');
  return {
    ...(account === undefined || account === '' ? {} : { serviceAccountName: account }),
    ...(automount === undefined ? {} : { automountServiceAccountToken: automount }),
    ...(hostNetwork === undefined ? {} : { hostNetwork }),
    ...(nodeName === undefined || nodeName === '' ? {} : { nodeName }),
    ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }),
    containers,
    initContainers: readContainers(fields, 'initContainers'),
    raw: toPlain(fields.map),
  };
}

function readContainers(spec: Fields, key: string): Container[] {
  const seen = new Set<string>();
  return (spec.fieldsList(key) ?? []).flatMap((fields) => {
    fields.nearly(CONTAINER_FIELDS);
    const name = fields.string('name');
    const image = fields.string('image');
    if (!fields.has('name')) fields.required('name');
    if (!fields.has('image')) fields.required('image', 'any name will do: images are not run here');
    const ports = (fields.fieldsList('ports') ?? []).flatMap((port) => readContainerPort(port) ?? []);
    if (name === undefined || image === undefined) return [];
    if (seen.has(name)) {
      fields.error('name', 'container.duplicate', `${fields.pathOf('name')}: Duplicate value: "${name}"`, {
        value: name,
      });
    }
    seen.add(name);
    return [{ name, image, ports }];
  });
}

function readContainerPort(fields: Fields): ContainerPort | null {
  fields.closed(['name', 'containerPort', 'protocol', 'hostPort', 'hostIP']);
  const name = fields.string('name');
  const containerPort = readPort(fields, 'containerPort');
  const protocol = fields.word('protocol', PROTOCOLS) ?? 'TCP';
  if (!fields.has('containerPort')) fields.required('containerPort');
  if (containerPort === undefined) return null;
  return { ...(name === undefined ? {} : { name }), containerPort, protocol };
}

/** Reads a port number; an error outside 1–65535. */
export function readPort(fields: Fields, key: string): number | undefined {
  const port = fields.integer(key);
  return port === undefined ? undefined : checkPort(fields, key, port);
}

/** The port if it is one; an error otherwise. */
export function checkPort(fields: Fields, key: string, port: number): number | undefined {
  if (port >= 1 && port <= 65535) return port;
  const message = `${fields.pathOf(key)}: Invalid value: ${port}: must be between 1 and 65535, inclusive`;
  return fields.error(key, 'port.range', message, { value: String(port) });
}

const POD_SPEC_FIELDS = (
  'activeDeadlineSeconds affinity automountServiceAccountToken containers dnsConfig dnsPolicy enableServiceLinks ' +
  'ephemeralContainers hostAliases hostIPC hostNetwork hostPID hostUsers hostname hostnameOverride imagePullSecrets ' +
  'initContainers nodeName nodeSelector os overhead preemptionPolicy priority priorityClassName readinessGates ' +
  'resourceClaims resources restartPolicy runtimeClassName schedulerName schedulingGates securityContext ' +
  'serviceAccount serviceAccountName setHostnameAsFQDN shareProcessNamespace subdomain ' +
  'terminationGracePeriodSeconds tolerations topologySpreadConstraints volumes'
).split(' ');

const CONTAINER_FIELDS = (
  'args command env envFrom image imagePullPolicy lifecycle livenessProbe name ports readinessProbe resizePolicy ' +
  'resources restartPolicy restartPolicyRules securityContext startupProbe stdin stdinOnce terminationMessagePath ' +
  'terminationMessagePolicy tty volumeDevices volumeMounts workingDir'
).split(' ');
