import type { Mark, TimelineModel } from '../../projection/timeline-model.ts';
import { firstAtOrAfter, type Row } from './rows.ts';

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

export type Context = CanvasRenderingContext2D;

/** Two tracks of this height overlap a little: one certificate alone is still a proper bar. */
export const barHeight = 8;

export function scaleOf({ fromMs, untilMs, width }: Pick<Frame, 'fromMs' | 'untilMs' | 'width'>) {
  const perMs = width / Math.max(1e-6, untilMs - fromMs);
  return (atMs: number): number => (atMs - fromMs) * perMs;
}

export type Scale = ReturnType<typeof scaleOf>;

/** Calls `draw` for the visible marks, but only once for marks of a kind in one pixel column. */
export function dots(
  frame: Frame,
  marks: readonly Mark[],
  x: Scale,
  draw: (mark: Mark, at: number) => void,
): void {
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

export function clip({ width }: Frame, from: number, until: number): [number, number] {
  return [Math.max(-4, from), Math.min(width + 4, until)];
}

export function box(
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

export function outlined(
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

export function tick(
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

export function cross(context: Context, at: number, y: number, size: number, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.6;
  context.beginPath();
  context.moveTo(at - size, y - size);
  context.lineTo(at + size, y + size);
  context.moveTo(at + size, y - size);
  context.lineTo(at - size, y + size);
  context.stroke();
}

export function triangle(context: Context, at: number, y: number, colour: string): void {
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(at, y);
  context.lineTo(at + 3.5, y + 6);
  context.lineTo(at - 3.5, y + 6);
  context.fill();
}

export function ring(context: Context, at: number, y: number, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.4;
  context.beginPath();
  context.arc(at, y, 2.4, 0, 2 * Math.PI);
  context.stroke();
}

export function hatch(
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
