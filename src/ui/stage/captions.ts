import type { IdentityView } from '../../projection/identity.ts';
import type { PodModel } from '../../projection/stage-model.ts';
import { firstThatFits, fitText } from './fit-text.ts';

/** Says a message of the interface in the reader's language. */
export type Say = (key: string, params?: Readonly<Record<string, string | number>>) => string;

/**
 * What stands under a pod: the state of its identity and what comes next, each a short line.
 *
 * @returns one or two lines, the more urgent first
 */
export function podCaption(pod: PodModel, identity: IdentityView, atMs: number, say: Say): string[] {
  if (pod.phase === 'deleted') {
    return pod.ip === null
      ? [say('stage_pod_deleted')]
      : [say('stage_pod_deleted'), say('stage_ip_free', { ip: pod.ip })];
  }
  if (pod.phase === 'terminating') return [say('stage_pod_terminating')];
  if (pod.phase === 'scheduled') return [say('stage_pod_no_address')];
  if (identity.state === 'outside') return [say('stage_pod_outside'), say('stage_pod_outside_identity')];
  if (identity.state === 'none') return [say('stage_identity_none'), waitingFor(pod, atMs, say)];
  return [lifeLeft(identity, say), whatNext(pod, identity, atMs, say)].filter((line) => line !== '');
}

/**
 * The one line for a pod that is drawn small, worded to fit a width at 12 px: what is wrong with its identity, or its
 * address, since its ring tells the rest.
 */
export function shortCaption(
  pod: PodModel,
  identity: IdentityView,
  atMs: number,
  width: number,
  say: Say,
): string {
  const first = podCaption(pod, identity, atMs, say)[0] ?? '';
  if (pod.phase === 'terminating' || pod.phase === 'deleted') return fitText(first, width, 12);
  if (identity.state !== 'valid' && identity.state !== 'due') return fitText(first, width, 12);
  if (pod.agent.doing === 'retrying') return fitText(say('stage_renewal_failing'), width, 12);
  if (identity.state === 'due') return fitText(say('stage_renewal_due'), width, 12);
  return firstThatFits([pod.ip ?? first, duration(identity.leftMs, say)], width, 12);
}

function lifeLeft(identity: IdentityView, say: Say): string {
  if (identity.state === 'expired')
    return say('stage_identity_expired', { time: duration(-identity.leftMs, say) });
  if (identity.state === 'not-yet-valid') return say('stage_identity_early');
  return say('stage_time_left', { time: duration(identity.leftMs, say) });
}

function whatNext(pod: PodModel, identity: IdentityView, atMs: number, say: Say): string {
  const { failure, doing } = pod.agent;
  if (doing === 'retrying' && failure !== null) {
    return failure.retryAtMs === null || failure.retryAtMs <= atMs
      ? say('stage_renewal_failed', { code: failure.status.name })
      : say('stage_renewal_retry', {
          code: failure.status.name,
          time: duration(failure.retryAtMs - atMs, say),
        });
  }
  const newer = pod.agent.certificate?.artefact !== identity.certificate?.artefact;
  if (doing === 'requesting' || newer) return say('stage_renewing');
  if (identity.renewsInMs === null) return '';
  return identity.renewsInMs > 0
    ? say('stage_renews_in', { time: duration(identity.renewsInMs, say) })
    : say('stage_renewal_due');
}

function waitingFor(pod: PodModel, atMs: number, say: Say): string {
  const { doing, token, failure } = pod.agent;
  if (doing === 'retrying' && failure !== null) {
    return failure.retryAtMs !== null && failure.retryAtMs > atMs
      ? say('stage_refused_retry', {
          code: failure.status.name,
          time: duration(failure.retryAtMs - atMs, say),
        })
      : say('stage_refused', { code: failure.status.name });
  }
  if (doing === 'requesting') return say('stage_waiting_certificate');
  return token === null ? say('stage_waiting_token') : say('stage_has_token');
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A span of time in two units at most: `17 h 52 min`, `8 ms`. */
export function duration(ms: number, say: Say): string {
  const span = Math.max(0, ms);
  if (span < 1_000) return say('stage_duration_ms', { ms: Math.round(span) });
  if (span < minuteMs) return say('stage_duration_s', { seconds: Math.floor(span / 1_000) });
  if (span < hourMs && span >= 10 * minuteMs) {
    return say('stage_duration_whole_min', { minutes: Math.floor(span / minuteMs) });
  }
  if (span < hourMs) {
    return say('stage_duration_min', {
      minutes: Math.floor(span / minuteMs),
      seconds: Math.floor((span % minuteMs) / 1_000),
    });
  }
  if (span < 2 * dayMs) {
    return say('stage_duration_h', {
      hours: Math.floor(span / hourMs),
      minutes: Math.floor((span % hourMs) / minuteMs),
    });
  }
  return say('stage_duration_d', {
    days: Math.floor(span / dayMs),
    hours: Math.floor((span % dayMs) / hourMs),
  });
}
