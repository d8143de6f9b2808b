import { expect, it } from 'vitest';
import { parseReference } from '../../src/scenario/reference.ts';
import { resolveReference } from '../../src/ui/player/resolve.ts';
import type { Target } from '../../src/ui/player/target.ts';
import { artefact, entriesOf, scheduled } from './support/entries.ts';

const first = 'shop/order-7d9c5f68b4-aaaaa';
const second = 'shop/order-7d9c5f68b4-bbbbb';
const caller = 'shop/frontend-5f68b47d9c-ccccc';

const entries = entriesOf([
  [0, 'pod.scheduled', scheduled(first, 'order')],
  [1, 'certificate.issued', { pod: first, artefact: 'certificate:1', spiffeId: 'spiffe://x' }],
  [2, 'pod.scheduled', scheduled(second, 'order')],
  [3, 'pod.scheduled', scheduled(caller, 'frontend')],
  [
    4,
    'message.sent',
    {
      message: 'm1',
      from: `agent:${second}`,
      to: 'istiod',
      protocol: 'CreateCertificate',
      artefact: 'create-certificate-request:1',
    },
  ],
  [5, 'certificate.issued', { pod: second, artefact: 'certificate:2', spiffeId: 'spiffe://x' }],
  [6, 'connection.opened', { connection: 'c1', from: caller, to: second }],
  [7, 'root.created', { artefact: 'certificate:3' }],
  [
    8,
    'tls.started',
    { connection: 'c1', side: 'client', local: `envoy:${caller}`, remote: `envoy:${second}` },
  ],
  [9, 'tls.started', { connection: 'ca:1', side: 'client', local: `agent:${second}`, remote: 'istiod' }],
]);
const artefacts = new Map(
  [artefact('certificate:1', first), artefact('certificate:2', second), artefact('certificate:3', null)].map(
    (made) => [made.id, made],
  ),
);

function target(text: string, cursor = entries.length): Target | null {
  const parsed = parseReference(text);
  if (!parsed.ok) throw new Error(text);
  return resolveReference(parsed.reference, { entries, cursor, artefacts });
}

it.each<[string, number, Target | null]>([
  ['pod:shop/order', 8, { type: 'pod', pod: second }],
  ['pod:shop/order', 2, { type: 'pod', pod: first }],
  [`pod:${first}`, 8, { type: 'pod', pod: first }],
  ['pod:shop/nobody', 8, null],
  ['pod:legacy/order', 8, null],
  ['actor:istiod', 0, { type: 'actor', actor: 'istiod' }],
  ['actor:agent@shop/order', 8, { type: 'actor', actor: `agent:${second}` }],
  ['actor:agent@shop/nobody', 8, null],
  ['node:node-1', 0, { type: 'node', node: 'node-1' }],
  ['policy:shop/allow', 0, { type: 'policy', policy: 'shop/allow' }],
  ['artefact:certificate@shop/order', 8, { type: 'artefact', id: 'certificate:2' }],
  ['artefact:certificate@shop/order', 2, { type: 'artefact', id: 'certificate:1' }],
  ['artefact:certificate@istiod', 8, { type: 'artefact', id: 'certificate:3' }],
  ['artefact:csr@shop/order', 8, null],
  ['message:CreateCertificate@shop/order', 8, { type: 'message', message: 'm1' }],
  ['message:CreateCertificate@istiod', 8, { type: 'message', message: 'm1' }],
  ['message:HTTP@shop/order', 8, null],
  [
    'connection:shop/frontend>shop/order',
    8,
    { type: 'connection', from: caller, to: second, connection: 'c1' },
  ],
  [
    'connection:shop/frontend>shop/order',
    6,
    { type: 'connection', from: caller, to: second, connection: null },
  ],
  ['handshake:shop/frontend>shop/order', 10, { type: 'handshake', connection: 'c1' }],
  ['handshake:shop/frontend>shop/order', 8, null],
  ['handshake:shop/order>istiod', 10, { type: 'handshake', connection: 'ca:1' }],
])('%s after %i entries', (text, cursor, expected) => {
  expect(target(text, cursor)).toEqual(expected);
});
