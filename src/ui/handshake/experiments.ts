import { actorOf } from '../../projection/actor.ts';
import type { TlsConnection } from '../../projection/tls/connection.ts';
import type { TlsSide } from '../../trace/tls-entry.ts';
import type { LearnerCommand } from '../../scenario/protocol.ts';

export const flightNames = ['ClientHello', 'ServerFlight', 'ClientFlight', 'Request', 'Response'] as const;
export type FlightName = (typeof flightNames)[number];

type Presented = Extract<LearnerCommand, { type: 'present' }>['certificate'];

export type ExperimentId =
  | 'flip'
  | 'drop'
  | 'replay'
  | 'expired'
  | 'other_root'
  | 'other_identity'
  | 'self_signed'
  | 'plaintext'
  | 'client_expired'
  | 'client_other_root'
  | 'client_other_identity'
  | 'client_self_signed'
  | 'strip';

/** What is done before the request is sent again, and what undoes it; null where it happens once. */
export interface Commands {
  readonly before: LearnerCommand;
  readonly after: LearnerCommand | null;
}

interface Experiment {
  readonly id: ExperimentId;
  /** Whether it is done to one flight, which has to be named. */
  readonly needsFlight: boolean;
  readonly commands: (connection: TlsConnection, flight: FlightName) => Commands;
}

export const experiments: readonly Experiment[] = [
  onWire('flip'),
  onWire('drop'),
  onWire('replay'),
  showing('expired', 'server', 'expired'),
  showing('other_root', 'server', 'other-root'),
  showing('other_identity', 'server', 'other-identity'),
  showing('self_signed', 'server', 'self-signed'),
  showing('plaintext', 'server', 'plaintext'),
  showing('client_expired', 'client', 'expired'),
  showing('client_other_root', 'client', 'other-root'),
  showing('client_other_identity', 'client', 'other-identity'),
  showing('client_self_signed', 'client', 'self-signed'),
  showing('strip', 'client', 'none'),
];

function onWire(action: 'flip' | 'drop' | 'replay'): Experiment {
  return {
    id: action,
    needsFlight: true,
    commands: (connection, message) => ({
      before: {
        type: 'tamper',
        from: podOf(connection, 'client'),
        to: podOf(connection, 'server'),
        message,
        action,
      },
      after: null,
    }),
  };
}

function showing(id: ExperimentId, side: TlsSide, certificate: Presented): Experiment {
  const other = side === 'client' ? 'server' : 'client';
  return {
    id,
    needsFlight: false,
    commands: (connection) => ({
      before: {
        type: 'present',
        pod: podOf(connection, side),
        certificate,
        ...(certificate === 'other-identity' && { as: podOf(connection, other) }),
      },
      after: { type: 'present', pod: podOf(connection, side), certificate: 'own' },
    }),
  };
}

/** The pod of one end; an end that is no pod has none of these attacks. */
export function podOf({ client, serverActor }: TlsConnection, side: TlsSide): string {
  return actorOf(side === 'client' ? client.actor : serverActor).pod ?? '';
}
