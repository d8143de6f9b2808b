import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fnv1a32,
  generatedPodName,
  NAME_ALPHABET,
  nameProblem,
  podSuffix,
  replicaSetHash,
  safeEncode,
  statefulPodName,
  suggestName,
  type PodTemplate,
} from '../../../src/core/kubernetes/index.ts';
import { only } from './support.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function template(change: { image?: string; account?: string; annotations?: string } = {}): PodTemplate {
  const { image = 'order:1', account = 'order', annotations = '{}' } = change;
  return only(
    'Deployment',
    `apiVersion: apps/v1
kind: Deployment
metadata: { name: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order, tier: back }, annotations: ${annotations} }
    spec: { serviceAccountName: ${account}, containers: [{ name: order, image: '${image}' }] }`,
  ).spec.template;
}

describe('pod-template-hash', () => {
  it('is FNV-1a, 32 bits (reference vectors)', () => {
    expect([fnv1a32(bytes('')), fnv1a32(bytes('a')), fnv1a32(bytes('foobar'))]).toEqual([
      0x811c9dc5, 0xe40c292c, 0xbf9cf968,
    ]);
  });

  it('maps each digit as Kubernetes does, so that only ten characters appear', () => {
    expect(safeEncode('0123456789')).toBe('456789bcdf');
  });

  it('fits hashes seen in clusters', () => {
    for (const hash of ['775855699b', '6d4b75cb6d']) expect(hash).toMatch(/^[4-9bcdf]{8,10}$/);
    fc.assert(
      fc.property(fc.string(), (image) => {
        const hash = replicaSetHash({ ...template(), metadata: { labels: {}, annotations: { image } } });
        expect(hash).toMatch(/^[4-9bcdf]{1,10}$/);
        if (hash.length === 10) expect(hash).toMatch(/^[5678]/);
      }),
    );
  });

  it('changes with image, account and annotations, and comes back with the old template', () => {
    const first = replicaSetHash(template());
    expect(replicaSetHash(template({ image: 'order:2' }))).not.toBe(first);
    expect(replicaSetHash(template({ account: 'default' }))).not.toBe(first);
    expect(
      replicaSetHash(
        template({ annotations: '{kubectl.kubernetes.io/restartedAt: "2026-03-02T09:00:00Z"}' }),
      ),
    ).not.toBe(first);
    expect(replicaSetHash(template())).toBe(first);
  });

  it('does not depend on the order in which keys are written', () => {
    const { metadata, spec } = template();
    const turned = { ...metadata, labels: Object.fromEntries(Object.entries(metadata.labels).reverse()) };
    expect(replicaSetHash({ spec, metadata: turned })).toBe(replicaSetHash(template()));
  });
});

describe('generated pod names', () => {
  const anyRandom = fc
    .infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
    .map((stream) => (below: number) => {
      const next = stream.next();
      return Math.floor((next.done === true ? 0 : next.value) * below);
    });

  it('end in five characters of the alphabet without vowels, 0, 1 and 3', () => {
    expect(NAME_ALPHABET).toHaveLength(27);
    expect(NAME_ALPHABET).not.toMatch(/[aeiouy013]/);
    fc.assert(
      fc.property(anyRandom, (random) => {
        expect(podSuffix(random)).toMatch(new RegExp(`^[${NAME_ALPHABET}]{5}$`));
      }),
    );
  });

  it('use the random function and nothing else', () => {
    const drawn = [0, 26, 1, 20, 19];
    expect(podSuffix(() => drawn.shift() ?? 0)).toBe('b9c2z');
  });

  it('stay within 63 characters and are names themselves', () => {
    const owner = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,80}[a-z0-9])?$/);
    fc.assert(
      fc.property(owner, anyRandom, (name, random) => {
        const pod = generatedPodName(name, random);
        expect(pod.length).toBeLessThanOrEqual(63);
        expect(nameProblem(pod, 'subdomain')).toBeNull();
        if (name.length <= 57) expect(pod.startsWith(`${name}-`)).toBe(true);
      }),
    );
  });

  it('of a StatefulSet are stable', () => {
    expect(statefulPodName('db', 2)).toBe('db-2');
  });
});

describe('object names', () => {
  it.each([
    ['order', 'subdomain', true],
    ['order.v2', 'subdomain', true],
    ['order.v2', 'label', false],
    ['-order', 'subdomain', false],
    ['order-', 'label', false],
    ['1st', 'label', true],
    ['1st', 'label-1035', false],
    ['a'.repeat(63), 'label', true],
    ['a'.repeat(64), 'label', false],
    ['system:node', 'path', true],
    ['a/b', 'path', false],
    ['..', 'path', false],
    ['', 'subdomain', false],
  ] as const)('%s as a %s: %s', (name, rule, allowed) => {
    expect(nameProblem(name, rule) === null).toBe(allowed);
  });

  it('suggestions are allowed themselves', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('subdomain', 'label', 'label-1035'), (name, rule) => {
        const close = suggestName(name, rule);
        if (close !== null) expect(nameProblem(close, rule)).toBeNull();
      }),
    );
    expect(suggestName('Order_Service', 'subdomain')).toBe('order-service');
  });
});
