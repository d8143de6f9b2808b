import { shortPodName, splitPodRef } from '../../projection/actor.ts';
import type { LinkModel, StageState } from '../../projection/stage-model.ts';
import type { Say } from './captions.ts';
import { fitText, textWidth } from './fit-text.ts';

export interface LinkWords {
  /** Everything, for a screen reader and the tooltip. */
  readonly label: string;
  /** What stands beside the line: at most two short lines, or none. */
  readonly lines: readonly string[];
  readonly width: number;
  readonly height: number;
}

const widest = 190;

/** What is said about a link, beside its line and aloud. */
export function linkWords(link: LinkModel, state: StageState, say: Say): LinkWords {
  const from = nameOf(link.from, state);
  const to = nameOf(link.to, state);
  const lines = linesOf(link, say).map((line, index) => fitText(line, widest, 11.5, index === 0));
  const width = Math.max(0, ...lines.map((line, index) => textWidth(line, 11.5, index === 0))) + 16;
  return { label: labelOf(link, from, to, say), lines, width, height: lines.length * 15 + 9 };
}

const refusedAt = { network: 0.5, server: 0.74, client: 0.26 } as const;

/** Every place on its line where the sign of a link may stand. */
export const signShares: readonly number[] = Object.values(refusedAt);

/** Where on its line the sign of a link stands: in the middle, or where a refused one is cut. */
export function signShare({ refusal }: LinkModel): number {
  if (refusal === null) return 0.5;
  return refusedAt[refusal.side];
}

function linesOf(link: LinkModel, say: Say): string[] {
  if (link.refusal !== null) {
    const { by, reason, message } = link.refusal;
    const first = by === null ? say('stage_failed') : by;
    return [first, reason === '' ? message : reason].filter((line) => line !== '');
  }
  if (link.security === 'plaintext') return [say('stage_plaintext')];
  return link.held ? [say('stage_link_held')] : [];
}

function labelOf(link: LinkModel, from: string, to: string, say: Say): string {
  if (link.refusal !== null) {
    const { by, reason } = link.refusal;
    return say('stage_link_refused', { from, to, by: by ?? '—', reason });
  }
  const kind = say(link.security === 'plaintext' ? 'stage_link_plaintext' : 'stage_link_mtls', { from, to });
  const state = link.held
    ? 'stage_link_held'
    : link.open.length > 0
      ? 'stage_link_open'
      : 'stage_link_closed';
  return `${kind}, ${say(state)}`;
}

function nameOf(ref: string, state: StageState): string {
  const pod = state.pods.get(ref);
  return pod === undefined ? splitPodRef(ref).name : shortPodName(ref, pod.workload);
}
