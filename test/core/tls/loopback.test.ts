import { describe, expect, it } from 'vitest';
import type { CipherSuite, NamedGroup } from '../../../src/core/tls/index.ts';
import { quickKeyTypes } from '../pki/keys.ts';
import { Pair } from './support/pump.ts';
import { clientConfig, clientId, serverConfig, serverId, world } from './support/world.ts';

const suites: readonly CipherSuite[] = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
];
const groups: readonly NamedGroup[] = ['x25519', 'secp256r1'];

describe.each(quickKeyTypes)('a mutual handshake with %s keys', (keyType) => {
  it.each(suites.flatMap((suite) => groups.map((group) => ({ suite, group }))))(
    'over $suite and $group lets both sides know each other',
    async ({ suite, group }) => {
      const of = await world(keyType);
      const parameters = { cipherSuites: [suite], groups: [group] };
      const pair = await new Pair(clientConfig(of, parameters), serverConfig(of, parameters)).connect();
      expect(pair.events.client.filter((e) => e.kind === 'alert')).toEqual([]);
      expect(pair.events.server.filter((e) => e.kind === 'alert')).toEqual([]);
      expect([pair.client.state, pair.server.state]).toEqual(['Connected', 'Connected']);
      expect(pair.client.session).toMatchObject({
        cipherSuite: suite,
        group,
        alpn: 'http/1.1',
        peerIdentity: serverId,
        resumed: false,
        earlyData: 'not-offered',
      });
      expect(pair.server.session).toMatchObject({
        cipherSuite: suite,
        group,
        alpn: 'http/1.1',
        serverName: 'outbound_.8080_._.order.shop.svc.cluster.local',
        peerIdentity: clientId,
      });
      await pair.send('client', 'GET / HTTP/1.1\r\n\r\n');
      await pair.send('server', 'HTTP/1.1 200 OK\r\n\r\n');
      expect(pair.text('server')).toBe('GET / HTTP/1.1\r\n\r\n');
      expect(pair.text('client')).toBe('HTTP/1.1 200 OK\r\n\r\n');
    },
  );
});
