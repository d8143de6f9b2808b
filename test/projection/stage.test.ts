import { describe, expect, it } from 'vitest';
import { project } from '../../src/projection/fold.ts';
import { identityAt } from '../../src/projection/identity.ts';
import type { PodModel, StageState } from '../../src/projection/stage-model.ts';
import { istiodOf } from '../../src/projection/stage-istiods.ts';
import { stageFold } from '../../src/projection/stage.ts';
import { messagesAt, podsAt } from '../../src/projection/stage-view.ts';
import type { Entry } from '../../src/trace/entry.ts';
import { hour, minute, Script, send, startWorld } from './support/script.ts';
import { birthStory, callsStory, rotationStory } from './support/stories.ts';

function stateAfter(entries: Entry[], last: (entry: Entry) => boolean): StageState {
  return project(stageFold, entries, entries.findLastIndex(last) + 1);
}

function podOf(state: StageState, workload: string): PodModel {
  const pod = [...state.pods.values()].find((each) => each.workload === workload);
  if (pod === undefined) throw new Error(`no pod of ${workload}`);
  return pod;
}

describe('the stage', () => {
  it('shows who holds what while an identity is born', () => {
    const entries = birthStory();
    const asked = stateAfter(entries, (entry) => entry.kind === 'csr.created');
    const order = podOf(asked, 'order');
    expect(order.agent).toMatchObject({ doing: 'requesting', certificate: null });
    expect(order.agent.csr?.san).toBe('spiffe://cluster.local/ns/shop/sa/payment');
    expect(identityAt(order, asked.atMs).state).toBe('none');

    const issued = stateAfter(entries, (entry) => entry.kind === 'certificate.issued');
    expect(istiodOf(issued, 'istiod').decision).toMatchObject({
      outcome: 'issued',
      spiffeId: 'spiffe://cluster.local/ns/shop/sa/order',
    });
    expect(podOf(issued, 'order').agent.certificate).toBeNull();

    const end = project(stageFold, entries, entries.length);
    expect(podOf(end, 'order')).toMatchObject({ phase: 'ready', ip: '10.244.1.2' });
    expect(podOf(end, 'order').envoy.secret?.artefact).toBe(podOf(end, 'order').agent.certificate?.artefact);
  });

  it('places a message between sender and receiver by time, until it arrives', () => {
    const entries = birthStory();
    const state = stateAfter(entries, (entry) => entry.kind === 'message.sent');
    const sent = messagesAt(state, state.atMs + 2);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.progress).toBeCloseTo(0.25);
    const arrived = stateAfter(entries, (entry) => entry.kind === 'message.delivered');
    expect(messagesAt(arrived, arrived.atMs)).toEqual([]);
  });

  it('leaves a lost message where it was until something else happens', () => {
    const script = new Script();
    startWorld(script);
    send(script, 'istiod', 'api-server', {
      protocol: 'TokenReview',
      label: 'TokenReview',
      kind: 'token-review',
    });
    const message = 'message:2';
    script
      .after(4)
      .add('message.dropped', { message, from: 'istiod', to: 'api-server', reason: 'partition' });
    const lost = project(stageFold, script.entries, script.entries.length);
    expect(messagesAt(lost, lost.atMs)).toMatchObject([{ progress: 0.5, ended: { how: 'dropped' } }]);
    script.add('istiod.started', { reason: 'again' });
    expect(messagesAt(project(stageFold, script.entries, script.entries.length), lost.atMs)).toEqual([]);
  });

  it.each([
    ['mallory', 'order', { by: 'NetworkPolicy', side: 'network' }],
    ['frontend', 'payment', { by: 'PeerIdentity', side: 'server' }],
    ['order', 'payment', { by: 'AuthorizationPolicy', side: 'server' }],
  ])('keeps why %s did not reach %s', (from, to, refusal) => {
    const entries = callsStory();
    const state = project(stageFold, entries, entries.length);
    const key = `${podOf(state, from).ref}>${podOf(state, to).ref}`;
    expect(state.links.get(key)).toMatchObject({ refusal, refused: 1, open: [] });
  });

  it('tells a held mTLS connection from a held plaintext one', () => {
    const entries = callsStory();
    const state = project(stageFold, entries, entries.length);
    const open = [...state.links.values()].filter((link) => link.open.length > 0);
    expect(open.map((link) => [link.security, link.held])).toEqual([
      ['mtls', true],
      ['plaintext', true],
    ]);
  });

  it('remembers which policy decided at a pod', () => {
    const entries = callsStory();
    const state = project(stageFold, entries, entries.length);
    expect(podOf(state, 'payment').decisions.AuthorizationPolicy).toMatchObject({
      policy: 'shop/allow-frontend',
      verdict: 'denied',
    });
    expect([...state.policies.keys()]).toEqual(['AuthorizationPolicy:shop/allow-frontend']);
  });

  it('walks an identity through valid, due, expired and renewed', () => {
    const entries = rotationStory();
    const at = (ms: number): string => {
      const cursor = entries.findLastIndex((entry) => entry.atMs <= ms) + 1;
      return identityAt(podOf(project(stageFold, entries, cursor), 'payment'), ms).state;
    };
    expect([at(hour), at(12 * hour), at(13 * hour), at(30 * hour), at(37 * hour), at(39 * hour)]).toEqual([
      'valid',
      'due',
      'valid',
      'due',
      'expired',
      'valid',
    ]);
  });

  it('shows a deleted pod as a ghost for a while, then no more', () => {
    const entries = rotationStory();
    const state = stateAfter(entries, (entry) => entry.kind === 'pod.deleted');
    expect(podsAt(state, state.atMs).filter((pod) => pod.phase === 'deleted')).toHaveLength(1);
    expect(podsAt(state, state.atMs + minute).filter((pod) => pod.phase === 'deleted')).toHaveLength(0);
  });

  it('keeps a new pod beside the one of its workload', () => {
    const entries = rotationStory();
    const state = stateAfter(entries, (entry) => entry.kind === 'pod.scheduled');
    expect(podsAt(state, state.atMs).map((pod) => pod.workload)).toEqual([
      'frontend',
      'order',
      'order',
      'payment',
    ]);
  });
});
