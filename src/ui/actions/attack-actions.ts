import type { GoalAction } from '../../scenario/schema/step.ts';
import type { LearnerCommand } from '../../scenario/protocol.ts';

/** What a reader may do in the place of an attacker. */
export const attackActions: readonly GoalAction[] = ['hijack', 'present', 'tamper', 'heal'];

type Tamper = Extract<LearnerCommand, { type: 'tamper' }>;
type Present = Extract<LearnerCommand, { type: 'present' }>;

export const flights: readonly Tamper['message'][] = [
  'ClientHello',
  'ServerFlight',
  'ClientFlight',
  'Request',
  'Response',
];
export const tamperings: readonly Tamper['action'][] = ['flip', 'drop', 'replay'];

/** What can be shown without the key of somebody else: with that, there is nothing left to be found out. */
export const showable: readonly Present['certificate'][] = [
  'own',
  'self-signed',
  'other-root',
  'expired',
  'copied',
  'none',
  'plaintext',
];

/** Whether a certificate bears a name that has to be chosen. */
export function bearsName(certificate: Present['certificate']): boolean {
  return !['own', 'none', 'plaintext'].includes(certificate);
}
