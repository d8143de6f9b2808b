import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  evaluateNetworkPolicies,
  type NetworkPolicyQuestion,
  type NetworkPolicyResource,
} from '../../../src/core/kubernetes/index.ts';
import { errorLines, load } from './support.ts';

/** Policies of namespace shop from the YAML of their specs. */
function policies(...specs: string[]): NetworkPolicyResource[] {
  return specs.map((spec, index) => {
    const head = `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: p${index}, namespace: shop }\n`;
    const { resources, errors } = load(`${head}spec: ${spec}`);
    const [policy] = resources;
    if (policy?.kind !== 'NetworkPolicy') throw new Error(errors[0]?.message);
    return policy;
  });
}

const namespaces = new Map([
  ['shop', { team: 'web' }],
  ['legacy', { team: 'old' }],
]);

const order = { ip: '10.244.1.2', pod: { namespace: 'shop', labels: { app: 'order' } } };
const legacyOrder = { ip: '10.244.2.7', pod: { namespace: 'legacy', labels: { app: 'order' } } };
const outside = { ip: '203.0.113.9', pod: null };

function decide(specs: string[], source: NetworkPolicyQuestion['source'], port = 8080) {
  return evaluateNetworkPolicies({
    policies: policies(...specs),
    namespaces,
    destination: {
      namespace: 'shop',
      labels: { app: 'payment' },
      containers: [
        { name: 'payment', image: 'x', ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }] },
      ],
    },
    source,
    port,
  });
}

describe('network policies', () => {
  it('allow everything while none selects the pod', () => {
    expect(decide([], outside)).toEqual({
      verdict: 'allowed',
      selected: false,
      policy: null,
      evidence: [
        {
          id: 'networkPolicy.none',
          ok: true,
          detail: 'no NetworkPolicy of namespace shop selects the pod for ingress',
        },
      ],
    });
    expect(decide(['{podSelector: {matchLabels: {app: other}}}'], outside).verdict).toBe('allowed');
  });

  it('of another namespace do not count', () => {
    const [policy] = policies('{podSelector: {}}');
    if (policy === undefined) throw new Error('no policy');
    const moved = { ...policy, metadata: { ...policy.metadata, namespace: 'legacy' } };
    const question = {
      namespaces,
      destination: { namespace: 'shop', labels: {} },
      source: outside,
      port: 80,
    };
    expect(evaluateNetworkPolicies({ ...question, policies: [moved] }).verdict).toBe('allowed');
    expect(evaluateNetworkPolicies({ ...question, policies: [policy] }).verdict).toBe('denied');
  });

  it('that say nothing but which pods deny all that comes in', () => {
    expect(decide(['{podSelector: {}}'], order)).toMatchObject({
      verdict: 'denied',
      selected: true,
      policy: 'shop/p0',
      evidence: [
        { id: 'networkPolicy.selects', ok: true, detail: 'shop/p0 selects pods <none>' },
        { id: 'networkPolicy.rules', ok: false, detail: 'shop/p0 has no ingress rules: it allows nothing' },
      ],
    });
  });

  it('of type Egress alone leave what comes in alone', () => {
    expect(decide(['{podSelector: {}, policyTypes: [Egress]}'], order).selected).toBe(false);
  });

  it.each<[string, string, NetworkPolicyQuestion['source'], boolean]>([
    ['an empty rule admits everything', '[{}]', outside, true],
    ['an empty from admits everything', '[{from: []}]', outside, true],
    ['an address inside the range', '[{from: [{ipBlock: {cidr: 10.244.1.0/28}}]}]', order, true],
    ['an address outside the range', '[{from: [{ipBlock: {cidr: 10.244.1.16/28}}]}]', order, false],
    [
      'an address excepted',
      '[{from: [{ipBlock: {cidr: 10.244.1.0/28, except: [10.244.1.2/32]}}]}]',
      order,
      false,
    ],
    [
      'another address than the excepted',
      '[{from: [{ipBlock: {cidr: 10.244.1.0/28, except: [10.244.1.3/32]}}]}]',
      order,
      true,
    ],
    ['an IPv6 range matches no IPv4 address', "[{from: [{ipBlock: {cidr: '::/0'}}]}]", order, false],
    ['pods by label, same namespace', '[{from: [{podSelector: {matchLabels: {app: order}}}]}]', order, true],
    [
      'pods by label mean the policy’s namespace',
      '[{from: [{podSelector: {matchLabels: {app: order}}}]}]',
      legacyOrder,
      false,
    ],
    ['every pod of the namespace', '[{from: [{podSelector: {}}]}]', order, true],
    ['no pod’s address', '[{from: [{podSelector: {}}]}]', outside, false],
    ['every pod of every namespace is still a pod', '[{from: [{namespaceSelector: {}}]}]', outside, false],
    ['namespaces by label', '[{from: [{namespaceSelector: {matchLabels: {team: old}}}]}]', legacyOrder, true],
    [
      'namespaces by name',
      '[{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: legacy}}}]}]',
      legacyOrder,
      true,
    ],
    [
      'both selectors in one entry must hold',
      '[{from: [{namespaceSelector: {matchLabels: {team: old}}, podSelector: {matchLabels: {app: order}}}]}]',
      order,
      false,
    ],
    [
      'two entries are alternatives',
      '[{from: [{namespaceSelector: {matchLabels: {team: old}}}, {podSelector: {matchLabels: {app: order}}}]}]',
      order,
      true,
    ],
    ['the port as a number', '[{ports: [{port: 8080}]}]', order, true],
    ['another port', '[{ports: [{port: 9090}]}]', order, false],
    ['the port by name', '[{ports: [{port: http}]}]', order, true],
    ['a port by a name no container has', '[{ports: [{port: grpc}]}]', order, false],
    ['a range of ports', '[{ports: [{port: 8000, endPort: 8100}]}]', order, true],
    ['another protocol', '[{ports: [{protocol: UDP, port: 8080}]}]', order, false],
    ['every port of the protocol', '[{ports: [{protocol: TCP}]}]', order, true],
    [
      'from and ports must hold together',
      '[{from: [{podSelector: {}}], ports: [{port: 9090}]}]',
      order,
      false,
    ],
    ['a later rule may admit', '[{ports: [{port: 9090}]}, {from: [{podSelector: {}}]}]', order, true],
  ])('%s', (_case, ingress, source, allowed) => {
    expect(
      decide([`{podSelector: {matchLabels: {app: payment}}, ingress: ${ingress}}`], source).verdict,
    ).toBe(allowed ? 'allowed' : 'denied');
  });

  it('add up: one that allows is enough, whatever the others say', () => {
    const deny = '{podSelector: {}}';
    const allow = '{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: order}}}]}]}';
    expect(decide([deny, allow], order)).toMatchObject({ verdict: 'allowed', policy: 'shop/p1' });
    expect(decide([allow, deny], order)).toMatchObject({ verdict: 'allowed', policy: 'shop/p0' });
    expect(decide([deny, allow], legacyOrder)).toMatchObject({ verdict: 'denied', policy: 'shop/p0' });
  });

  it('give the same verdict in any order, and another allow rule never takes anything away', () => {
    const specs = [
      '{podSelector: {}}',
      '{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.244.1.0/28}}]}]}',
      '{podSelector: {matchLabels: {app: payment}}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: old}}}]}]}',
      '{podSelector: {matchLabels: {app: else}}, ingress: [{}]}',
      '{podSelector: {}, ingress: [{ports: [{port: 9090}]}]}',
    ];
    const subset = fc.subarray(specs, { minLength: 1 });
    const source = fc.constantFrom(order, legacyOrder, outside);
    fc.assert(
      fc.property(subset, source, (chosen, from) => {
        const verdict = decide(chosen, from).verdict;
        expect(decide([...chosen].reverse(), from).verdict).toBe(verdict);
        if (verdict === 'allowed' && decide(chosen, from).selected) {
          expect(decide([...chosen, ...specs], from).verdict).toBe('allowed');
        }
      }),
    );
  });

  it('say what matched and what did not', () => {
    const spec = `
  podSelector: { matchLabels: { app: payment } }
  ingress:
    - from:
        - ipBlock: { cidr: 10.244.9.0/24 }
        - podSelector: { matchLabels: { app: order } }
      ports: [{ port: http }]`;
    expect(
      decide([spec], order).evidence.map(({ ok, detail }) => `${ok ? '+' : '-'} ${detail ?? ''}`),
    ).toEqual([
      '+ shop/p0 selects pods app=payment',
      '- shop/p0 ingress[0].from[0]: 10.244.9.0/24 does not contain 10.244.1.2',
      "+ shop/p0 ingress[0].from[1]: 10.244.1.2 is a pod of namespace shop; podSelector app=order matches the pod's app=order",
      '+ shop/p0 ingress[0]: TCP http admits TCP 8080',
    ]);
  });

  it.each([
    [
      '{ipBlock: {cidr: 10.244.1.2}}',
      'cidr.form NetworkPolicy default/a: spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "10.244.1.2": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64) (for one address write "10.244.1.2/32")',
    ],
    [
      '{ipBlock: {cidr: 10.0.0.0/8, except: [192.168.0.0/16]}}',
      'cidr.form NetworkPolicy default/a: spec.ingress[0].from[0].ipBlock.except: Invalid value: "192.168.0.0/16": must be a strict subset of `cidr`',
    ],
    [
      '{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}',
      'networkPolicy.peer NetworkPolicy default/a: spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer',
    ],
    [
      '{}',
      'networkPolicy.peer NetworkPolicy default/a: spec.ingress[0].from[0]: Required value: must specify a peer',
    ],
    [
      '{podSelectr: {}}',
      'field.unknown NetworkPolicy default/a: unknown field "spec.ingress[0].from[0].podSelectr" (did you mean "podSelector"?)',
    ],
  ])('a peer of %s is refused', (peer, expected) => {
    const text = `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {podSelector: {}, ingress: [{from: [${peer}]}]}}`;
    expect(errorLines(text)[0]?.replace(/^\S+ /, '')).toBe(expected);
  });
});
