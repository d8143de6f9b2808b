import type { TlsConnection } from './connection.ts';
import type { LadderRow, Phase } from './ladder-model.ts';

const whole: readonly Phase[] = [
  'plain-request',
  'client-hello',
  'server-flight',
  'client-checks',
  'client-proof',
  'client-finished',
  'server-checks',
  'channel',
  'request',
  'delivery',
  'answer',
  'plain-answer',
];

const ofApps: ReadonlySet<Phase> = new Set<Phase>(['plain-request', 'delivery', 'plain-answer']);
const ofProof: ReadonlySet<Phase> = new Set<Phase>(['client-proof']);

/** The steps a connection goes through when all goes well: twelve between two Envoys that prove themselves to each other. */
export function storyOf({ purpose, client, established }: TlsConnection): readonly Phase[] {
  const resumed = established.client?.data.resumed ?? false;
  const proves = client.certificate !== null && !resumed;
  return whole.filter(
    (phase) => !(purpose === 'ca' && ofApps.has(phase)) && !(!proves && ofProof.has(phase)),
  );
}

/** Place of a row in the story, from 1; null for what comes beside it. */
export function stepNumber(story: readonly Phase[], { phase }: LadderRow): number | null {
  const index = phase === null ? -1 : story.indexOf(phase);
  return index < 0 ? null : index + 1;
}
