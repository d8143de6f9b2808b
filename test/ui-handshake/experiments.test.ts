import { describe, expect, it } from 'vitest';
import { tlsConnections } from '../../src/projection/tls/connection.ts';
import { experiments, type flightNames } from '../../src/ui/handshake/experiments.ts';
import { outcomeOf } from '../../src/ui/handshake/send-again.ts';
import { shop, start } from '../mesh/support/shop.ts';
import type { MeshCommand } from '../../src/mesh/command.ts';

const readyMs = 10_000;

/** A mesh with one connection that went well, and what comes of an experiment on it. */
async function tried(id: string, flight: (typeof flightNames)[number] = 'ServerFlight'): Promise<string> {
  const mesh = await start(shop);
  const { entries } = mesh.trace;
  const request: MeshCommand = { type: 'request', from: 'shop/frontend', to: 'shop/order' };
  await mesh.driver.advanceTo(readyMs);
  mesh.do(request);
  await mesh.driver.advanceTo(readyMs + 20_000);
  const connection = tlsConnections(entries, entries.length).find(({ purpose }) => purpose === 'workload');
  const experiment = experiments.find((one) => one.id === id);
  if (!connection || !experiment) throw new Error(`no connection, or no experiment ${id}`);
  const { before, after } = experiment.commands(connection, flight);
  const from = entries.length;
  expect(mesh.do(before as MeshCommand), 'before').toMatchObject({ ok: true });
  mesh.do(request);
  await mesh.driver.advanceTo(readyMs + 60_000);
  if (after) expect(mesh.do(after as MeshCommand), 'after').toMatchObject({ ok: true });
  const { alert, status, resumed } = outcomeOf(entries, from, connection);
  mesh.stop();
  return `${alert ? `${alert.side} ${alert.description}` : 'nobody'}, ${status}${resumed ? ', resumed' : ''}`;
}

describe('who notices', () => {
  it.each([
    ['expired', 'client certificate_expired, 503'],
    ['other_root', 'client unknown_ca, 503'],
    ['other_identity', 'client certificate_unknown, 503'],
    ['self_signed', 'client unknown_ca, 503'],
    ['plaintext', 'client unexpected_message, 503'],
    ['client_expired', 'server certificate_expired, 503'],
    ['client_other_root', 'server unknown_ca, 503'],
    // Any identity of the trust domain may call; a policy would have to say no.
    ['client_other_identity', 'nobody, 200'],
    ['client_self_signed', 'server unknown_ca, 503'],
    ['strip', 'server certificate_required, 503'],
  ])('of %s: %s', async (id, outcome) => {
    expect(await tried(id)).toBe(outcome);
  });

  it.each([
    ['flip', 'ClientHello', 'server decrypt_error, 503'],
    ['flip', 'ServerFlight', 'client bad_record_mac, 503'],
    ['flip', 'ClientFlight', 'server bad_record_mac, 503, resumed'],
    ['flip', 'Request', 'server bad_record_mac, 503, resumed'],
    ['flip', 'Response', 'client bad_record_mac, 503, resumed'],
    ['drop', 'ServerFlight', 'nobody, 503'],
    ['replay', 'Request', 'server bad_record_mac, 503, resumed'],
  ] as const)('of %s %s: %s', async (id, flight, outcome) => {
    expect(await tried(id, flight)).toBe(outcome);
  });
});
