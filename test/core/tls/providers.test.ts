import { describe, expect, it } from 'vitest';
import { providers } from '../../support/peculiar.ts';
import { createTicketProtector } from '../../../src/core/tls/index.ts';
import { Pair } from './support/pump.ts';
import { clientConfig, clientId, serverConfig, serverId, world } from './support/world.ts';

describe.each(providers)('TLS on $name', (provider) => {
  it.each(['x25519', 'secp256r1'] as const)(
    'shakes hands, resumes and carries data over %s',
    async (group) => {
      const of = await world('ecdsa-p256', provider);
      const server = serverConfig(of, {
        groups: [group],
        tickets: { protector: await createTicketProtector(provider) },
      });
      const first = await new Pair(clientConfig(of, { groups: [group] }), server).connect();
      expect(first.client.session).toMatchObject({ peerIdentity: serverId, group });
      expect(first.server.session).toMatchObject({ peerIdentity: clientId, group });
      const { ticket } = first.of('client', 'ticket')[0]!;
      const second = await new Pair(clientConfig(of, { groups: [group], ticket }), server).connect();
      expect(second.server.session).toMatchObject({ peerIdentity: clientId, resumed: true });
      await second.send('client', 'over the second connection');
      expect(second.text('server')).toBe('over the second connection');
    },
  );
});
