import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateAuthorization, expandPrincipal } from '../../../src/core/policy/index.ts';
import { policies } from './support.ts';

const id = (name: string, namespace = 'shop', domain = 'cluster.local') =>
  `spiffe://${domain}/ns/${namespace}/sa/${name}`;
const FRONTEND = id('frontend');

interface Options {
  readonly peer?: string | null;
  readonly labels?: Record<string, string>;
  readonly trustDomain?: string;
  readonly trustDomainAliases?: string[];
}

function decide(specs: Parameters<typeof policies>, options: Options = {}) {
  const {
    peer = FRONTEND,
    labels = { app: 'order' },
    trustDomain = 'cluster.local',
    trustDomainAliases = [],
  } = options;
  const destination = { namespace: 'shop', labels };
  return evaluateAuthorization({
    policies: policies(...specs),
    destination,
    peer,
    trustDomain,
    trustDomainAliases,
  });
}

const allowed = (spec: string, options: Options = {}) => decide([spec], options).verdict === 'allowed';
const from = (source: string, action = 'ALLOW') =>
  `{action: ${action}, rules: [{from: [{source: ${source}}]}]}`;

describe('order of evaluation', () => {
  it('without any policy everything is allowed, a caller without identity too', () => {
    expect(decide([], { peer: null })).toEqual({
      verdict: 'allowed',
      policy: null,
      matchedRule: 'none',
      evidence: [
        {
          id: 'authorization.none',
          ok: true,
          detail: 'no ALLOW policy on this workload of namespace shop: everything not denied is allowed',
        },
      ],
    });
  });

  it('one ALLOW policy makes everything else denied', () => {
    const spec = from('{principals: [cluster.local/ns/shop/sa/frontend]}');
    expect(decide([spec])).toMatchObject({
      verdict: 'allowed',
      policy: 'shop/p0',
      matchedRule: 'ns[shop]-policy[p0]-rule[0]',
    });
    expect(decide([spec], { peer: id('mallory') })).toMatchObject({
      verdict: 'denied',
      policy: null,
      matchedRule: 'none',
    });
  });

  it('a DENY that matches outweighs every ALLOW', () => {
    const deny = from('{namespaces: [shop]}', 'DENY');
    expect(decide(['{rules: [{}]}', deny])).toMatchObject({ verdict: 'denied', policy: 'shop/p1' });
    expect(decide(['{rules: [{}]}', deny], { peer: id('x', 'legacy') }).verdict).toBe('allowed');
  });

  it('a DENY alone denies only what it matches', () => {
    const deny = from('{principals: [cluster.local/ns/shop/sa/mallory]}', 'DENY');
    expect(decide([deny]).verdict).toBe('allowed');
    expect(decide([deny], { peer: id('mallory') }).verdict).toBe('denied');
  });

  it('a CUSTOM policy denies what it matches: no authorizer can be asked', () => {
    const custom = '{action: CUSTOM, provider: {name: opa}, rules: [{}]}';
    expect(decide(['{rules: [{}]}', custom])).toMatchObject({ verdict: 'denied', policy: 'shop/p1' });
  });

  it('AUDIT, dry runs and policies on gateways decide nothing', () => {
    expect(
      decide([
        '{action: AUDIT, rules: [{}]}',
        '{targetRefs: [{kind: Gateway, group: gateway.networking.k8s.io, name: g}]}',
      ]).verdict,
    ).toBe('allowed');
    const [policy] = policies('{}');
    if (policy === undefined) throw new Error('no policy');
    const dry = { ...policy, spec: { ...policy.spec, dryRun: true } };
    const destination = { namespace: 'shop', labels: {} };
    const question = { destination, peer: FRONTEND, trustDomain: 'cluster.local' };
    expect(evaluateAuthorization({ ...question, policies: [dry] }).verdict).toBe('allowed');
    expect(evaluateAuthorization({ ...question, policies: [policy] }).verdict).toBe('denied');
  });

  it('the order of the policies changes no verdict', () => {
    const specs = [
      '{}',
      from('{principals: ["*/sa/frontend"]}'),
      from('{namespaces: [legacy]}'),
      from('{notPrincipals: ["*"]}', 'DENY'),
      from('{principals: [cluster.local/ns/shop/sa/mallory]}', 'DENY'),
      '{selector: {matchLabels: {app: other}}, rules: [{}]}',
    ];
    const peers = fc.constantFrom(null, FRONTEND, id('mallory'), id('x', 'legacy'));
    fc.assert(
      fc.property(fc.subarray(specs), peers, (chosen, peer) => {
        const verdict = decide(chosen, { peer }).verdict;
        expect(decide([...chosen].reverse(), { peer }).verdict).toBe(verdict);
      }),
    );
  });
});

describe('empty forms', () => {
  it.each([
    ['{}', 'denies all: an ALLOW policy without rules matches nothing', false],
    ['{action: ALLOW}', 'denies all as well', false],
    ['{rules: []}', 'denies all as well', false],
    ['{rules: [{}]}', 'allows all', true],
    ['{action: DENY, rules: [{}]}', 'denies all', false],
    ['{rules: [{from: []}]}', 'allows all: an empty list is an absent one', true],
  ])('%s %s', (spec, _meaning, expected) => {
    expect(allowed(spec)).toBe(expected);
    expect(allowed(spec, { peer: null })).toBe(expected);
  });
});

describe('scope', () => {
  const selecting = '{selector: {matchLabels: {app: order}}}';

  it('a selector picks workloads of the namespace', () => {
    expect(decide([selecting]).verdict).toBe('denied');
    expect(decide([selecting], { labels: { app: 'db' } }).verdict).toBe('allowed');
  });

  it('another namespace does not count, the root namespace counts everywhere', () => {
    expect(decide([{ namespace: 'legacy', spec: '{}' }]).verdict).toBe('allowed');
    expect(decide([{ namespace: 'istio-system', spec: '{}' }]).verdict).toBe('denied');
  });

  it('a selector in the root namespace picks workloads of every namespace', () => {
    expect(decide([{ namespace: 'istio-system', spec: selecting }]).verdict).toBe('denied');
    expect(decide([{ namespace: 'istio-system', spec: selecting }], { labels: {} }).verdict).toBe('allowed');
  });
});

describe('sources', () => {
  it.each<[string, string, boolean]>([
    ['exactly', 'cluster.local/ns/shop/sa/frontend', true],
    ['another account', 'cluster.local/ns/shop/sa/front', false],
    ['as a prefix', 'cluster.local/ns/shop/*', true],
    ['as a prefix of another namespace', 'cluster.local/ns/sho/*', false],
    ['as a suffix', '*/ns/shop/sa/frontend', true],
    ['as a suffix that is part of the name', '*end', true],
    ['by presence', '*', true],
    ['a star in the middle means itself', 'cluster.local/ns/*/sa/frontend', false],
    ['stars at both ends: the last one means itself', '*shop*', false],
    ['written with spiffe://, which never matches', 'spiffe://cluster.local/ns/shop/sa/frontend', false],
    ['malformed, which never matches', 'sa/frontend', false],
  ])('principals %s: %s', (_how, principal, expected) => {
    expect(allowed(from(`{principals: ["${principal}"]}`))).toBe(expected);
  });

  it.each<[string, boolean]>([
    ['shop', true],
    ['sho', false],
    ['s*', true],
    ['*op', true],
    ['s*p', true],
    ['*', true],
    ['legacy', false],
  ])('namespaces: %s', (namespace, expected) => {
    expect(allowed(from(`{namespaces: ["${namespace}"]}`))).toBe(expected);
  });

  it.each<[string, boolean]>([
    ['shop/frontend', true],
    ['frontend', true],
    ['legacy/frontend', false],
    ['shop/front', false],
    ['order', false],
  ])('serviceAccounts: %s', (account, expected) => {
    expect(allowed(from(`{serviceAccounts: ["${account}"]}`))).toBe(expected);
  });

  it('a bare service account in the root namespace means one of the root namespace', () => {
    const spec = from('{serviceAccounts: [frontend]}');
    expect(decide([{ namespace: 'istio-system', spec }]).verdict).toBe('denied');
    expect(
      decide([{ namespace: 'istio-system', spec }], { peer: id('frontend', 'istio-system') }).verdict,
    ).toBe('allowed');
  });

  it('values are alternatives, fields of one source hold together, sources are alternatives', () => {
    expect(allowed(from('{principals: [a/ns/b/sa/c, "*/sa/frontend"]}'))).toBe(true);
    expect(allowed(from('{principals: ["*/sa/frontend"], namespaces: [legacy]}'))).toBe(false);
    expect(
      allowed('{rules: [{from: [{source: {namespaces: [legacy]}}, {source: {namespaces: [shop]}}]}]}'),
    ).toBe(true);
  });

  it('a caller without a certificate is nobody, and so is "not" everybody', () => {
    const plaintext = { peer: null };
    expect(allowed(from('{principals: ["*"]}'), plaintext)).toBe(false);
    expect(allowed(from('{namespaces: ["*"]}'), plaintext)).toBe(false);
    expect(allowed(from('{notPrincipals: ["cluster.local/ns/shop/sa/mallory"]}'), plaintext)).toBe(true);
    expect(allowed(from('{notNamespaces: [legacy]}'), plaintext)).toBe(true);
    expect(allowed(from('{notServiceAccounts: [shop/mallory]}'), plaintext)).toBe(true);
    expect(allowed(from('{notPrincipals: ["*"]}', 'DENY'), plaintext)).toBe(false);
  });

  it('a negated field is the opposite of the field, for every caller', () => {
    const account = fc.constantFrom('frontend', 'order', 'mallory');
    const namespace = fc.constantFrom('shop', 'legacy');
    const value = fc.constantFrom(
      'shop',
      'cluster.local/ns/shop/sa/order',
      '*',
      '*/sa/order',
      'legacy',
      's*',
    );
    fc.assert(
      fc.property(
        account,
        namespace,
        value,
        fc.constantFrom('principals', 'namespaces'),
        (sa, ns, text, field) => {
          const negated = `not${field.charAt(0).toUpperCase()}${field.slice(1)}`;
          const peer = id(sa, ns);
          expect(allowed(from(`{${negated}: ["${text}"]}`), { peer })).toBe(
            !allowed(from(`{${field}: ["${text}"]}`), { peer }),
          );
        },
      ),
    );
  });
});

describe('trust domains', () => {
  it('cluster.local always means the mesh’s own, and aliases mean the same accounts', () => {
    const mesh = ['td1', 'old'];
    expect(expandPrincipal('td1/ns/a/sa/b', mesh)).toEqual(['td1/ns/a/sa/b', 'old/ns/a/sa/b']);
    expect(expandPrincipal('old/ns/a/sa/b', mesh)).toEqual(['td1/ns/a/sa/b', 'old/ns/a/sa/b']);
    expect(expandPrincipal('cluster.local/ns/a/sa/b', mesh)).toEqual(['td1/ns/a/sa/b', 'old/ns/a/sa/b']);
    expect(expandPrincipal('other/ns/a/sa/b', mesh)).toEqual(['other/ns/a/sa/b']);
    expect(expandPrincipal('*/ns/a/sa/b', mesh)).toEqual(['*/ns/a/sa/b']);
    expect(expandPrincipal('*d1/ns/a/sa/b', mesh)).toEqual(['*d1/ns/a/sa/b', 'old/ns/a/sa/b']);
    expect(expandPrincipal('*', mesh)).toEqual(['*']);
  });

  it('decide', () => {
    const spec = from('{principals: [cluster.local/ns/shop/sa/frontend]}');
    const options = { trustDomain: 'td1', trustDomainAliases: ['old'] };
    expect(allowed(spec, { ...options, peer: id('frontend', 'shop', 'td1') })).toBe(true);
    expect(allowed(spec, { ...options, peer: id('frontend', 'shop', 'old') })).toBe(true);
    expect(allowed(spec, { ...options, peer: FRONTEND })).toBe(false);
  });
});

describe('conditions that are not decided here', () => {
  const when = 'when: [{key: source.ip, values: [10.0.0.1]}]';

  it('an ALLOW rule with one allows nothing, its neighbours are untouched', () => {
    expect(allowed(`{rules: [{${when}}]}`)).toBe(false);
    expect(allowed(`{rules: [{${when}}, {from: [{source: {namespaces: [shop]}}]}]}`)).toBe(true);
    expect(
      allowed('{rules: [{from: [{source: {ipBlocks: [10.0.0.1]}}, {source: {namespaces: [shop]}}]}]}'),
    ).toBe(true);
  });

  it('a DENY rule with one is applied without it', () => {
    expect(allowed(`{action: DENY, rules: [{from: [{source: {namespaces: [shop]}}], ${when}}]}`)).toBe(false);
    expect(allowed(`{action: DENY, rules: [{from: [{source: {namespaces: [legacy]}}], ${when}}]}`)).toBe(
      true,
    );
    expect(allowed('{action: DENY, rules: [{from: [{source: {ipBlocks: [10.0.0.1]}}]}]}')).toBe(false);
  });

  it('stand in the evidence', () => {
    expect(decide([`{rules: [{to: [{operation: {methods: [GET]}}]}]}`]).evidence).toEqual([
      {
        id: 'authorization.notUnderstood',
        ok: false,
        detail: 'shop/p0 (ALLOW) rule[0]: to[0].operation.methods not decided here, so it allows nothing',
      },
      { id: 'authorization.default', ok: false, detail: 'no rule of shop/p0 matches' },
    ]);
  });
});

describe('evidence', () => {
  it('names what matched and what did not', () => {
    const spec =
      '{rules: [{from: [{source: {namespaces: [legacy]}}]}, {from: [{source: {principals: [cluster.local/ns/shop/sa/frontend]}}]}]}';
    expect(decide([spec]).evidence.map(({ ok, detail }) => `${ok ? '+' : '-'} ${detail ?? ''}`)).toEqual([
      '- shop/p0 (ALLOW) rule[0].from[0]: namespaces legacy does not match cluster.local/ns/shop/sa/frontend',
      '+ shop/p0 (ALLOW) rule[1].from[0]: principals cluster.local/ns/shop/sa/frontend matches cluster.local/ns/shop/sa/frontend',
    ]);
  });

  it('says when there was no identity to match', () => {
    expect(decide([from('{principals: ["*"]}')], { peer: null }).evidence[0]).toEqual({
      id: 'authorization.source',
      ok: false,
      detail:
        'shop/p0 (ALLOW) rule[0].from[0]: principals * does not match a caller without an identity (plaintext)',
    });
  });
});
