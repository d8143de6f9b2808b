import { describe, expect, test } from 'vitest';
import type { Target } from '../../src/ui/player/target.ts';
import { linkTo, targetIn } from '../../src/ui/inspector/link.ts';

const address = 'https://example.org/svidlab/#/lesson/rotation/half-life';
const targets: readonly Target[] = [
  { type: 'pod', pod: 'shop/order-7d9c5f68b4-x2k7q' },
  { type: 'actor', actor: 'envoy:shop/order-7d9c5f68b4-x2k7q' },
  { type: 'node', node: 'node-1' },
  { type: 'artefact', id: 'certificate:12' },
  { type: 'message', message: 'message:7' },
  { type: 'connection', from: 'shop/frontend-1', to: 'shop/order-2', connection: null },
  { type: 'handshake', connection: 'connection:3' },
  { type: 'policy', policy: 'shop/allow-order' },
  { type: 'entry', seq: 42 },
];

describe('a link to something', () => {
  test.each(targets)('leads back to the same $type', (target) => {
    expect(targetIn(linkTo(target, address))).toEqual(target);
    expect(targetIn(linkTo(target, `${address}?lang=ko`))).toEqual(target);
  });

  test('keeps the address it is added to', () => {
    const link = linkTo({ type: 'artefact', id: 'certificate:12' }, `${address}?lang=ko`);
    expect(link).toBe(`${address}?lang=ko&inspect=artefact%3Acertificate%3A12`);
  });

  test.each([
    '',
    '?inspect=',
    '?inspect=nothing',
    '?inspect=planet:mars',
    '?inspect=entry:-1',
    '?inspect=connection:a',
  ])('that says nothing of use, such as "%s", opens nothing', (query) => {
    expect(targetIn(address + query)).toBeNull();
  });
});
