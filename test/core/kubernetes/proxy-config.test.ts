import { describe, expect, it } from 'vitest';
import {
  proxyMetadataFromAnnotation,
  proxyMetadataFromMeshConfig,
  readProxyConfig,
} from '../../../src/core/kubernetes/index.ts';
import { only } from './support.ts';

describe('the agent’s environment', () => {
  it('comes from the pod’s annotation', () => {
    const config = 'concurrency: 2\nproxyMetadata:\n  SECRET_TTL: 1h\n  OUTPUT_CERTS: /certs\n';
    expect(proxyMetadataFromAnnotation({ 'proxy.istio.io/config': config })).toEqual({
      SECRET_TTL: '1h',
      OUTPUT_CERTS: '/certs',
    });
    expect(proxyMetadataFromAnnotation({})).toEqual({});
  });

  it('comes from the mesh configuration', () => {
    const configMap = only(
      'ConfigMap',
      `apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data:
  mesh: |-
    accessLogFile: /dev/stdout
    defaultConfig:
      discoveryAddress: istiod.istio-system.svc:15012
      proxyMetadata:
        SECRET_GRACE_PERIOD_RATIO: "0.25"
    trustDomain: cluster.local
`,
    );
    expect(proxyMetadataFromMeshConfig(configMap)).toEqual({ SECRET_GRACE_PERIOD_RATIO: '0.25' });
    expect(proxyMetadataFromMeshConfig({ data: { mesh: 'trustDomain: a' } })).toEqual({});
    expect(proxyMetadataFromMeshConfig({ data: {} })).toEqual({});
  });

  it.each([
    ['proxyMetadata: {A: 1}', 'proxyMetadata.A must be a string: write it in quotes'],
    ['proxyMetadata: [A]', 'proxyMetadata must be a mapping'],
    ['- a', 'must be a mapping'],
    ['a: [', 'Flow sequence in block collection must be sufficiently indented and end with a ]'],
  ])('%s is refused', (text, error) => {
    expect(readProxyConfig(text)).toEqual({ proxyMetadata: {}, error });
  });
});
