import { Findings } from './input.ts';
import { toPlain } from './located.ts';
import type { ConfigMapResource } from './resources.ts';
import { readYaml } from './yaml.ts';

/** What of Istio's ProxyConfig matters here: the environment it gives the agent. */
export interface ProxyConfig {
  readonly proxyMetadata: Readonly<Record<string, string>>;
  /** Why the text cannot be used; null if it can. */
  readonly error: string | null;
}

const ANNOTATION = 'proxy.istio.io/config';

/**
 * `proxyMetadata` of a pod's annotation `proxy.istio.io/config` (YAML); empty without it. Values become environment
 * variables of the agent, for example `SECRET_TTL: 1h`.
 */
export function proxyMetadataFromAnnotation(
  annotations: Readonly<Record<string, string>>,
): Record<string, string> {
  const text = annotations[ANNOTATION];
  return text === undefined ? {} : { ...readProxyConfig(text).proxyMetadata };
}

/** `defaultConfig.proxyMetadata` of the mesh configuration in ConfigMap `istio-system/istio`, key `mesh`. */
export function proxyMetadataFromMeshConfig(
  configMap: Pick<ConfigMapResource, 'data'>,
): Record<string, string> {
  const text = configMap.data['mesh'];
  return text === undefined ? {} : { ...readMeshConfig(text).proxyMetadata };
}

/** Reads the YAML of a ProxyConfig. */
export function readProxyConfig(text: string): ProxyConfig {
  return proxyConfigOf(parseYaml(text));
}

/** Reads the YAML of a MeshConfig and takes its `defaultConfig`. */
export function readMeshConfig(text: string): ProxyConfig {
  const mesh = parseYaml(text);
  if (!isRecord(mesh)) return proxyConfigOf(mesh);
  return mesh['defaultConfig'] === undefined ? EMPTY : proxyConfigOf(mesh['defaultConfig']);
}

const EMPTY: ProxyConfig = { proxyMetadata: {}, error: null };

function parseYaml(text: string): unknown {
  const findings = new Findings();
  const [document] = readYaml([{ name: '', text }], findings);
  const [problem] = findings.errors;
  if (problem !== undefined) return new Error(problem.message);
  return document === undefined ? null : toPlain(document.root);
}

function proxyConfigOf(config: unknown): ProxyConfig {
  if (config instanceof Error) return { proxyMetadata: {}, error: config.message };
  if (config === null || config === undefined) return EMPTY;
  if (!isRecord(config)) return { proxyMetadata: {}, error: 'must be a mapping' };
  const metadata = config['proxyMetadata'] ?? {};
  if (!isRecord(metadata)) return { proxyMetadata: {}, error: 'proxyMetadata must be a mapping' };
  const wrong = Object.entries(metadata).find(([, value]) => typeof value !== 'string');
  if (wrong !== undefined) {
    return { proxyMetadata: {}, error: `proxyMetadata.${wrong[0]} must be a string: write it in quotes` };
  }
  return { proxyMetadata: metadata as Record<string, string>, error: null };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
