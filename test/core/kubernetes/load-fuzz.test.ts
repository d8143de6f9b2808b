import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadResources } from '../../../src/core/kubernetes/index.ts';
import { manifest } from './support.ts';

const manifests = ['echo-and-client.yaml', 'library.yaml', 'policies.yaml'].map(
  (name) => manifest(name).text,
);

type Edit = (text: string, at: number) => string;

const edits: readonly Edit[] = [
  (text, at) => text.slice(0, at) + text.slice(at + 1),
  (text, at) => `${text.slice(0, at)}\t${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)}: ${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)}- ${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)}[${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)}"${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)}*a &a ${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)}\n---\n${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)}\n${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)}null${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)}12${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)}<<: ${text.slice(at)}`,
  (text, at) => text.slice(0, text.lastIndexOf('\n', at) + 1) + text.slice(text.indexOf('\n', at) + 1),
];

const broken = fc
  .tuple(
    fc.constantFrom(...manifests),
    fc.array(fc.tuple(fc.constantFrom(...edits), fc.double({ min: 0, max: 1, noNaN: true })), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([text, changes]) =>
    changes.reduce((changed, [edit, where]) => edit(changed, Math.floor(where * changed.length)), text),
  );

/** Any JSON that begins like an object of a kind that is read closely. */
const anyObject = fc
  .tuple(
    fc.constantFrom(
      ['v1', 'Pod'],
      ['v1', 'Service'],
      ['v1', 'Secret'],
      ['v1', 'Namespace'],
      ['v1', 'List'],
      ['apps/v1', 'Deployment'],
      ['apps/v1', 'StatefulSet'],
      ['networking.k8s.io/v1', 'NetworkPolicy'],
      ['security.istio.io/v1', 'AuthorizationPolicy'],
    ),
    fc.object({
      key: fc.constantFrom(
        ...'metadata spec template selector matchLabels rules from source containers ports items labels data'.split(
          ' ',
        ),
        ...'ingress podSelector ipBlock cidr to operation when key name principals policyTypes annotations'.split(
          ' ',
        ),
      ),
      maxDepth: 6,
      values: [
        fc.constant(null),
        fc.boolean(),
        fc.integer(),
        fc.string(),
        fc.constantFrom('a', '*', '10.0.0.0/8'),
      ],
    }),
  )
  .map(([[apiVersion, kind], rest]) =>
    JSON.stringify({ metadata: { name: 'a' }, ...rest, apiVersion, kind }),
  );

describe('whatever is pasted', () => {
  it.each([
    ['a manifest with slips', broken],
    ['an object of the wrong shape', anyObject],
    ['any text', fc.string({ maxLength: 300 })],
  ])('%s is never thrown, and every finding has its place in the text', (_what, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        const { resources, errors, notices } = loadResources([{ name: 'f', text }]);
        const lines = text.split('\n');
        for (const { line, column, message } of [...errors, ...notices]) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
          expect(message).not.toBe('');
        }
        for (const { source, metadata } of resources) {
          expect(source.endLine).toBeGreaterThanOrEqual(source.line);
          expect(metadata.name).not.toBe('');
        }
      }),
      { numRuns: 200 },
    );
  });

  it('loads the same a second time', () => {
    fc.assert(
      fc.property(broken, (text) => {
        expect(loadResources([{ name: 'f', text }])).toEqual(loadResources([{ name: 'f', text }]));
      }),
      { numRuns: 30 },
    );
  });
});
