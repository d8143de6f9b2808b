import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MeshCommand } from '../../src/mesh/index.ts';
import { hourMs, shape, shop, start } from './support/shop.ts';

const workload = fc.constantFrom('shop/frontend', 'shop/order', 'shop/payment');

const command: fc.Arbitrary<MeshCommand> = fc.oneof(
  fc.record({ type: fc.constant('request' as const), from: workload, to: workload }),
  fc.record({ type: fc.constant('restart' as const), workload }),
  fc.record({ type: fc.constant('scale' as const), workload, replicas: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ type: fc.constant('delete-pod' as const), pod: workload }),
  fc.constant({ type: 'stop-istiod' as const }),
  fc.constant({ type: 'start-istiod' as const }),
  fc.record({ type: fc.constant('csr' as const), pod: workload }),
);

const program = fc.array(fc.tuple(command, fc.integer({ min: 0, max: 9 * hourMs })), {
  minLength: 1,
  maxLength: 8,
});

async function run(steps: readonly (readonly [MeshCommand, number])[]) {
  const mesh = await start(shop);
  await mesh.driver.advanceTo(5_000);
  for (const [command, ms] of steps) {
    mesh.do(command);
    await mesh.driver.advanceTo(mesh.now() + ms);
  }
  await mesh.driver.advanceTo(mesh.now() + 60_000);
  const entries = [...mesh.trace.entries];
  mesh.stop();
  return entries;
}

describe('whatever is done to a mesh', () => {
  it('time never goes back, no new connection uses an expired SVID, one address has one owner', async () => {
    await fc.assert(
      fc.asyncProperty(program, async (steps) => {
        const entries = await run(steps);
        const notAfter = new Map<string, number>();
        const owner = new Map<string, string>();
        let lastMs = 0;
        for (const { atMs, kind, data } of entries) {
          expect(atMs).toBeGreaterThanOrEqual(lastMs);
          lastMs = atMs;
          if (kind === 'certificate.issued') notAfter.set(data.artefact, data.notAfterMs);
          if (kind === 'connection.opened') {
            for (const used of [data.clientCertificate, data.serverCertificate]) {
              if (used !== null) expect(notAfter.get(used)).toBeGreaterThanOrEqual(atMs);
            }
          }
          if (kind === 'pod.addressed') {
            expect(owner.has(data.ip)).toBe(false);
            owner.set(data.ip, data.pod);
          }
          if (kind === 'pod.deleted') owner.delete(data.ip);
          expect(kind).not.toBe('actor.unexpected');
        }
        const sent = entries.filter(({ kind }) => kind === 'request.sent').length;
        expect(entries.filter(({ kind }) => kind === 'request.answered')).toHaveLength(sent);
      }),
      { numRuns: 25 },
    );
  });

  it('the same seed and commands give the same trace', async () => {
    await fc.assert(
      fc.asyncProperty(program, async (steps) => {
        expect(shape(await run(steps))).toBe(shape(await run(steps)));
      }),
      { numRuns: 5 },
    );
  });
});
