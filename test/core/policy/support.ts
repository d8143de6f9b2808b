import { loadResources, type AuthorizationPolicyResource } from '../../../src/core/kubernetes/index.ts';

/** Policies from the YAML of their specs, named p0, p1, …; `spec` may be preceded by `namespace: ` and a newline. */
export function policies(
  ...specs: (string | { namespace: string; spec: string })[]
): AuthorizationPolicyResource[] {
  return specs.map((each, index) => {
    const { namespace, spec } = typeof each === 'string' ? { namespace: 'shop', spec: each } : each;
    const { resources, errors } = load(spec, `name: p${index}, namespace: ${namespace}`);
    const [policy] = resources;
    if (policy?.kind !== 'AuthorizationPolicy') throw new Error(errors[0]?.message);
    return policy;
  });
}

export function load(spec: string, metadata = 'name: p, namespace: shop') {
  const head = `apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: { ${metadata} }\n`;
  return loadResources([{ name: 'policy.yaml', text: `${head}spec: ${spec}\n` }]);
}

/** Messages of the errors of a spec, without the resource they begin with. */
export function refusals(spec: string, metadata?: string): string[] {
  return load(spec, metadata).errors.map((error) =>
    error.message.replace('AuthorizationPolicy shop/p: ', ''),
  );
}
