import { describe, expect, it } from 'vitest';
import { captureOfAll } from '../../src/projection/tls/capture.ts';
import { request, shop, start } from '../mesh/support/shop.ts';
import { complaints, fields } from './tshark.ts';

async function captured() {
  const mesh = await start(shop);
  await mesh.driver.advanceTo(30_000);
  await request(mesh, 'shop/frontend', 'shop/order');
  await mesh.driver.advanceTo(mesh.now() + 1_000);
  await request(mesh, 'shop/frontend', 'shop/order');
  await mesh.driver.advanceTo(mesh.now() + 1_000);
  mesh.do({ type: 'present', pod: 'shop/payment', certificate: 'expired' });
  await mesh.driver.advanceTo(mesh.now());
  await request(mesh, 'shop/frontend', 'shop/payment');
  await mesh.driver.advanceTo(mesh.now() + 1_000);
  mesh.stop();
  const { epochMs, trace, artefacts } = mesh;
  return captureOfAll(trace.entries, trace.count, { epochMs, lookup: (id) => artefacts.get(id) });
}

describe('tshark on a capture of a mesh', async () => {
  const { capture } = await captured();

  it('has nothing to complain of', () => {
    expect(complaints(capture)).toEqual([]);
  });

  it('names the handshakes between pods, the resumed one and the refused one', () => {
    const messages = fields(capture, 'tls.handshake && tcp.port == 8080', 'tcp.stream', 'tls.handshake.type');
    const byStream = Map.groupBy(messages, (line) => line.split('\t')[0]);
    expect(
      [...byStream.values()].map((lines) => lines.map((line) => line.split('\t')[1]).join(' | ')),
    ).toEqual(['1 | 2,8,13,11,15,20 | 11,15,20 | 4,4', '1 | 2,8,20 | 20 | 4,4', '1 | 2,8,13,11,15,20']);
    expect(fields(capture, 'tls.alert_message.desc == 45', 'tcp.dstport')).toEqual(['8080']);
  });

  it('decrypts the requests through the secrets inside', () => {
    const names = ['http.request.method', 'http.response.code'];
    expect(fields(capture, 'http && tcp.port == 8080', ...names)).toEqual([
      'GET\t',
      '\t200',
      'GET\t',
      '\t200',
    ]);
  });

  it('reads the calls to istiod as gRPC over HTTP/2', () => {
    const decoded = fields(capture, 'http2.headers.path', 'http2.headers.path', 'http2.headers.authority');
    expect(decoded).toHaveLength(3);
    expect(new Set(decoded)).toEqual(
      new Set(['/istio.v1.auth.IstioCertificateService/CreateCertificate\tistiod.istio-system.svc:15012']),
    );
    expect(fields(capture, 'http2.headers.authorization', 'http2.headers.authorization')[0]).toMatch(
      /^Bearer eyJ/,
    );
  });
});
