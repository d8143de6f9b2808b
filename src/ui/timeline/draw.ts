import type { CertificateBar, Mark, PodLife } from '../../projection/timeline-model.ts';
import { drawAuthority } from './draw-authority.ts';
import {
  barHeight,
  box,
  clip,
  cross,
  dots,
  hatch,
  outlined,
  ring,
  scaleOf,
  tick,
  triangle,
  type Context,
  type Frame,
  type Scale,
} from './draw-shapes.ts';
import { rowHeight } from './rows.ts';

/** Draws the visible part of the lanes; each mark costs at most one shape per pixel column. */
export function drawTimeline(context: Context, frame: Frame): void {
  const { width, height, scrollTop, rows, gridMs, palette } = frame;
  const x = scaleOf(frame);
  context.clearRect(0, 0, width, height);
  context.fillStyle = palette.line;
  for (const atMs of gridMs) context.fillRect(Math.round(x(atMs)), 0, 1, height);
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - 1);
  const last = Math.ceil((scrollTop + height) / rowHeight) + 1;
  for (const row of rows.slice(first, last)) {
    context.save();
    context.translate(0, row.top - scrollTop);
    if (row.kind === 'istiod') drawIstiod(context, frame, x);
    else if (row.authority !== null) drawAuthority(context, frame, row.authority, x);
    else for (const pod of row.pods) drawPod(context, frame, pod, x);
    context.restore();
  }
}

function drawIstiod(context: Context, frame: Frame, x: Scale): void {
  const { model, palette, headMs } = frame;
  const from = model.istiod.fromMs;
  if (from === null) return;
  box(context, frame, x(from), x(headMs), 6, 11, palette.controlPlane, 0.32);
  for (const outage of model.istiod.outages) {
    const [left, right] = clip(frame, x(outage.fromMs), x(outage.untilMs ?? headMs));
    if (right <= left) continue;
    context.fillStyle = palette.panel;
    context.fillRect(left, 5, Math.max(2, right - left), 13);
    hatch(context, left, Math.max(left + 2, right), 6, 11, palette.bad);
  }
  const marks = model.istiod.marks;
  dots(frame, marks, x, (mark, at) => {
    if (mark.kind === 'issued') tick(context, at, 6, 17, palette.controlPlane, 1.25);
    else if (mark.kind === 'refused-csr') cross(context, at, 22, 3, palette.bad);
    else tick(context, at, 3, 20, mark.kind === 'stopped' ? palette.bad : palette.controlPlane, 1.5);
  });
}

function drawPod(context: Context, frame: Frame, pod: PodLife, x: Scale): void {
  const { palette, headMs } = frame;
  const end = pod.untilMs ?? headMs;
  if (x(pod.untilMs ?? Infinity) < 0 || x(pod.fromMs) > frame.width) return;
  if (pod.certificates.length === 0) drawWithout(context, frame, pod, x(pod.fromMs), x(end));
  for (const token of pod.tokens) {
    const until = Math.min(token.untilMs, pod.untilMs ?? Infinity);
    box(context, frame, x(token.fromMs), x(until), 19.5, 2, palette.mute, 0.55, 0);
  }
  pod.certificates.forEach((bar, index) => drawBar(context, frame, pod, bar, index, x));
  if (pod.untilMs !== null) tick(context, x(pod.untilMs), 3, 20, palette.mute, 1.5);
  dots(frame, pod.marks, x, (mark, at) => drawMark(context, frame, pod, mark, at));
}

/** A pod without a certificate: waiting for one inside the mesh, never to have one outside. */
function drawWithout(context: Context, frame: Frame, pod: PodLife, from: number, until: number): void {
  const [left, right] = clip(frame, from, until);
  if (right <= left) return;
  context.strokeStyle = frame.palette.mute;
  context.lineWidth = 1.25;
  context.setLineDash(pod.injected ? [4, 4] : []);
  context.beginPath();
  if (pod.injected) context.roundRect(left + 0.5, 6.5, Math.max(1, right - left - 1), 10, 3);
  else {
    context.moveTo(left, 11.5);
    context.lineTo(right, 11.5);
  }
  context.stroke();
  context.setLineDash([]);
}

/** Generations take turns in two tracks, so that the time in which both are valid shows as an overlap. */
function drawBar(
  context: Context,
  frame: Frame,
  pod: PodLife,
  bar: CertificateBar,
  index: number,
  x: Scale,
): void {
  const { palette } = frame;
  const colour = palette.of(bar.spiffeId);
  const top = index % 2 === 0 ? 3 : 10;
  const gone = pod.untilMs ?? Infinity;
  const served = Math.min(bar.replacedAtMs ?? bar.notAfterMs, bar.notAfterMs, gone);
  const ends = Math.min(bar.notAfterMs, gone);
  const start = bar.acceptedAtMs ?? bar.receivedAtMs;
  if (ends > served) outlined(context, frame, x(served), x(ends), top, colour);
  box(context, frame, x(start), x(served), top, barHeight, colour.line, 1);
  if (bar.dueAtMs !== null && bar.dueAtMs < gone)
    tick(context, x(bar.dueAtMs), top - 2, top + barHeight + 2, palette.text, 1.5);
  if (bar.notAfterMs <= gone && bar.replacedAtMs === null) {
    tick(context, x(bar.notAfterMs), top - 2, top + barHeight + 2, palette.bad, 2);
  }
}

function drawMark(context: Context, { palette }: Frame, pod: PodLife, mark: Mark, at: number): void {
  switch (mark.kind) {
    case 'accepted':
      tick(context, at, 2, 19, palette.text, 1.25);
      break;
    case 'mtls':
      tick(
        context,
        at,
        21,
        26,
        pod.certificates[0] ? palette.of(pod.certificates[0].spiffeId).line : palette.mute,
        1.5,
      );
      break;
    case 'plaintext':
      tick(context, at, 21, 26, palette.text, 1.5, true);
      break;
    case 'refused':
      cross(context, at, 23.5, 2.8, palette.bad);
      break;
    case 'failed':
      triangle(context, at, 20, palette.bad);
      break;
    case 'rotation':
      triangle(context, at, 20, palette.mute);
      break;
    case 'expired':
      cross(context, at, 10, 4.5, palette.bad);
      break;
    case 'unready':
      ring(context, at, 23.5, palette.warn);
      break;
    case 'ready':
      ring(context, at, 23.5, palette.mute);
      break;
    default:
      break;
  }
}
