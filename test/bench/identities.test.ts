import { expect, test } from 'vitest';
import { parseCertificate } from '../../src/core/pki/index.ts';
import { forgeRsa } from './identities/forge.ts';
import { peculiarP256 } from './identities/peculiar.ts';
import { pkijsP256 } from './identities/pkijs.ts';
import { spiffeId } from './identities/request.ts';
import { svidlabP256, svidlabRsa } from './identities/svidlab.ts';

test.each([
  ['svidlab', svidlabP256],
  ['svidlab with RSA', svidlabRsa],
  ['@peculiar/x509', peculiarP256],
  ['pkijs', pkijsP256],
  ['node-forge', forgeRsa],
])('%s makes the certificate that the bench compares', async (_name, prepare) => {
  const make = await prepare();
  const leaf = parseCertificate(await make());
  expect(leaf.uris).toEqual([spiffeId]);
  expect(leaf.subject.toString()).toBe('');
  expect(leaf.keyUsage).toEqual(['digitalSignature', 'keyEncipherment']);
  expect(leaf.extKeyUsage).toHaveLength(2);
  expect(leaf.basicConstraints?.ca).toBe(false);
  expect(leaf.aki).toMatch(/^[0-9a-f]{40}$/);
  expect(leaf.notBefore).toEqual(new Date('2026-03-02T08:58:00Z'));
});
