import { describe, expect, it } from 'vitest';
import {
  endpointsOf,
  resolveServiceName,
  type EndpointCandidate,
} from '../../../src/core/kubernetes/index.ts';
import { only } from './support.ts';

const service = (spec: string) =>
  only('Service', `{apiVersion: v1, kind: Service, metadata: {name: order, namespace: shop}, spec: ${spec}}`);

const pod = (change: Partial<EndpointCandidate> = {}): EndpointCandidate => ({
  namespace: 'shop',
  labels: { app: 'order' },
  ip: '10.244.1.2',
  ready: true,
  containers: [
    { name: 'order', image: 'x', ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }] },
  ],
  ...change,
});

function endpoints(spec: string, ...pods: EndpointCandidate[]): string[] {
  const each = service(spec);
  const [port] = each.spec.ports;
  if (port === undefined) throw new Error('no port');
  return endpointsOf(each, pods, port).map(({ ip, port: number }) => `${ip}:${number}`);
}

describe('endpoints of a service', () => {
  it('are the ready pods its selector selects, at the target port', () => {
    const spec = '{selector: {app: order}, ports: [{port: 80, targetPort: http}]}';
    const pods = [
      pod(),
      pod({ ip: '10.244.1.3', ready: false }),
      pod({ ip: null }),
      pod({ ip: '10.244.1.4', namespace: 'legacy' }),
      pod({ ip: '10.244.1.5', labels: { app: 'other' } }),
      pod({ ip: '10.244.1.6', labels: { app: 'order', version: 'v2' } }),
    ];
    expect(endpoints(spec, ...pods)).toEqual(['10.244.1.2:8080', '10.244.1.6:8080']);
  });

  it('leave out pods without a container port of the target’s name', () => {
    expect(endpoints('{selector: {app: order}, ports: [{port: 80, targetPort: grpc}]}', pod())).toEqual([]);
  });

  it('take the service port where no target is given', () => {
    expect(endpoints('{selector: {app: order}, ports: [{port: 80}]}', pod())).toEqual(['10.244.1.2:80']);
  });

  it('do not exist without a selector', () => {
    expect(endpoints('{ports: [{port: 80}]}', pod())).toEqual([]);
    expect(endpoints('{selector: {}, ports: [{port: 80}]}', pod())).toEqual([]);
  });
});

describe('names of services', () => {
  it.each([
    ['order', 'shop', 'order'],
    ['order.legacy', 'legacy', 'order'],
    ['order.legacy.svc', 'legacy', 'order'],
    ['order.legacy.svc.cluster.local', 'legacy', 'order'],
    ['order.legacy.svc.cluster.local.', 'legacy', 'order'],
  ])('%s means %s/%s', (host, namespace, name) => {
    expect(resolveServiceName(host, 'shop')).toEqual({ namespace, name });
  });

  it.each([
    '',
    'order.svc',
    'a.b.c',
    'example.com.svc.other',
    '.svc.cluster.local',
    'order.svc.cluster.local',
  ])('%s is none', (host) => {
    expect(resolveServiceName(host, 'shop')).toBeNull();
  });
});
