import type { CertificateBar, Mark, PodLife, TimelineModel } from '../../projection/timeline-model.ts';
import { firstAtOrAfter, rowHeight, type Row } from './rows.ts';

/** Colours as a canvas takes them. */
export interface Palette {
  readonly text: string;
  readonly mute: string;
  readonly line: string;
  readonly bad: string;
  readonly warn: string;
  readonly panel: string;
  readonly controlPlane: string;
  readonly of: (spiffeId: string) => { readonly line: string; readonly soft: string };
}

export interface Frame {
  readonly model: TimelineModel;
  readonly rows: readonly Row[];
  readonly fromMs: number;
  readonly untilMs: number;
  readonly width: number;
  readonly height: number;
  readonly scrollTop: number;
  readonly headMs: number;
  readonly palette: Palette;
  readonly gridMs: readonly number[];
}

type Context = CanvasRenderingContext2D;

/** Two tracks of this height overlap a little: one certificate alone is still a proper bar. */
const barHeight = 8;

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
    else for (const pod of row.pods) drawPod(context, frame, pod, x);
    context.restore();
  }
}

function scaleOf({ fromMs, untilMs, width }: Pick<Frame, 'fromMs' | 'untilMs' | 'width'>) {
  const perMs = width / Math.max(1e-6, untilMs - fromMs);
  return (atMs: number): number => (atMs - fromMs) * perMs;
}

type Scale = ReturnType<typeof scaleOf>;

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
  dots(context, frame, marks, x, (mark, at) => {
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
  dots(context, frame, pod.marks, x, (mark, at) => drawMark(context, frame, pod, mark, at));
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

/** Calls `draw` for the visible marks, but only once for marks of a kind in one pixel column. */
function dots(
  context: Context,
  frame: Frame,
  marks: readonly Mark[],
  x: Scale,
  draw: (mark: Mark, at: number) => void,
): void {
  void context;
  const seen = new Map<string, number>();
  for (let index = firstAtOrAfter(marks, frame.fromMs - 1); index < marks.length; index += 1) {
    const mark = marks[index];
    if (mark === undefined || mark.atMs > frame.untilMs) return;
    const at = x(mark.atMs);
    const column = Math.round(at);
    if (seen.get(mark.kind) === column) continue;
    seen.set(mark.kind, column);
    draw(mark, at);
  }
}

function clip({ width }: Frame, from: number, until: number): [number, number] {
  return [Math.max(-4, from), Math.min(width + 4, until)];
}

function box(
  context: Context,
  frame: Frame,
  from: number,
  until: number,
  top: number,
  height: number,
  colour: string,
  alpha: number,
  radius = 3,
): void {
  const [left, right] = clip(frame, from, until);
  if (right <= left && until < from) return;
  context.globalAlpha = alpha;
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(left, top, Math.max(1.5, right - left), height, radius);
  context.fill();
  context.globalAlpha = 1;
}

function outlined(
  context: Context,
  frame: Frame,
  from: number,
  until: number,
  top: number,
  colour: { readonly line: string; readonly soft: string },
): void {
  const [left, right] = clip(frame, from, until);
  if (right <= left) return;
  context.fillStyle = colour.soft;
  context.strokeStyle = colour.line;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(left - 2, top + 0.5, right - left + 2, barHeight - 1, 3);
  context.fill();
  context.stroke();
}

function tick(
  context: Context,
  at: number,
  top: number,
  bottom: number,
  colour: string,
  width: number,
  hollow = false,
): void {
  if (hollow) {
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.strokeRect(at - 1.5, top + 0.5, 3, bottom - top - 1);
    return;
  }
  context.fillStyle = colour;
  context.fillRect(at - width / 2, top, width, bottom - top);
}

function cross(context: Context, at: number, y: number, size: number, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.6;
  context.beginPath();
  context.moveTo(at - size, y - size);
  context.lineTo(at + size, y + size);
  context.moveTo(at + size, y - size);
  context.lineTo(at - size, y + size);
  context.stroke();
}

function triangle(context: Context, at: number, y: number, colour: string): void {
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(at, y);
  context.lineTo(at + 3.5, y + 6);
  context.lineTo(at - 3.5, y + 6);
  context.fill();
}

function ring(context: Context, at: number, y: number, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.4;
  context.beginPath();
  context.arc(at, y, 2.4, 0, 2 * Math.PI);
  context.stroke();
}

function hatch(
  context: Context,
  left: number,
  right: number,
  top: number,
  height: number,
  colour: string,
): void {
  context.save();
  context.beginPath();
  context.rect(left, top, right - left, height);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.strokeRect(left + 0.75, top + 0.75, right - left - 1.5, height - 1.5);
  context.beginPath();
  for (let x = left - height; x < right; x += 6) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.stroke();
  context.restore();
}
