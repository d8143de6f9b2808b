import { describe, expect, it } from 'vitest';
import type { Mesh } from '../../../src/mesh/index.ts';
import { tlsConnections } from '../../../src/projection/tls/connection.ts';
import { ladderAt } from '../../../src/projection/tls/ladder.ts';
import { shop, start } from '../../mesh/support/shop.ts';

/** What apps and their Envoys say to each other on behalf of a connection, with the first line of its bytes. */
function hopsOf(mesh: Mesh, connection: string): string[] {
  const { entries } = mesh.trace;
  const rows = ladderAt(entries, entries.length, connection)?.rows ?? [];
  return rows.flatMap((row) => (row.kind === 'plain' ? [`${row.from} > ${row.to}: ${row.label}`] : []));
}

const roundTrip = (path: string): string[] => [
  `client-app > client: GET ${path}`,
  `server > server-app: GET ${path}`,
  'server-app > server: 200 OK',
  'client > client-app: 200 OK',
];

const ask = (mesh: Mesh, path: string, how: { readonly hold?: string; readonly on?: string } = {}): void => {
  const result = mesh.do({ type: 'request', from: 'shop/frontend', to: 'shop/order', path, ...how });
  expect(result.ok).toBe(true);
};

const connectionsOf = ({ trace: { entries } }: Mesh): string[] =>
  tlsConnections(entries, entries.length)
    .filter(({ purpose }) => purpose === 'workload')
    .map(({ id }) => id)
    .reverse();

describe('the plaintext beside a connection', () => {
  it('is that of its own request, where several are asked at once', async () => {
    const mesh = await start(shop);
    await mesh.driver.advanceTo(30_000);
    for (const path of ['/one', '/two', '/three']) ask(mesh, path);
    await mesh.driver.advanceTo(31_000);
    const connections = connectionsOf(mesh);
    expect(connections).toHaveLength(3);
    const paths = connections.map((id) => hopsOf(mesh, id)[0]?.split(' ').at(-1));
    expect(new Set(paths)).toEqual(new Set(['/one', '/two', '/three']));
    for (const [index, id] of connections.entries())
      expect(hopsOf(mesh, id)).toEqual(roundTrip(paths[index]!));
    mesh.stop();
  });

  it('is that of all requests on a connection that is held, and of no other', async () => {
    const mesh = await start(shop);
    await mesh.driver.advanceTo(30_000);
    ask(mesh, '/one', { hold: 'long' });
    await mesh.driver.advanceTo(31_000);
    ask(mesh, '/two', { on: 'long' });
    ask(mesh, '/three');
    await mesh.driver.advanceTo(32_000);
    ask(mesh, '/four', { on: 'long' });
    await mesh.driver.advanceTo(33_000);
    const [held, other] = connectionsOf(mesh);
    expect(hopsOf(mesh, held!)).toEqual([...roundTrip('/one'), ...roundTrip('/two'), ...roundTrip('/four')]);
    expect(hopsOf(mesh, other!)).toEqual(roundTrip('/three'));
    mesh.stop();
  });
});
