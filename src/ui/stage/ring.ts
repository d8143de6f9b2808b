import type { IdentityView } from '../../projection/identity.ts';
import { arcPath, onRing } from './geometry.ts';

/** The strokes of an identity ring around the origin, from the certificate's life. */
export interface RingDrawing {
  /** What is left of the lifetime; empty when nothing is. */
  readonly remaining: string;
  /** Where renewal is due, as a short line across the ring. */
  readonly notch: string;
  readonly width: number;
}

/** Steps in which the ring drains: finer than the eye sees, coarser than a frame of virtual time. */
const stepsPerTurn = 720;

/**
 * Draws the ring of a radius. Time runs clockwise from twelve o'clock; the part that has passed is taken away.
 */
export function ringDrawing(identity: IdentityView, r: number): RingDrawing {
  const width = ringWidth(r);
  const passed = Math.floor(identity.elapsed * stepsPerTurn) / stepsPerTurn;
  // Certificates are dated back by two minutes: a fresh one is whole, not nicked.
  const elapsed = passed < 0.003 ? 0 : passed;
  const lives = identity.state === 'valid' || identity.state === 'due';
  return {
    remaining: lives ? arcPath(r, elapsed, 1) : '',
    notch: identity.due === null || !lives ? '' : radialLine(r, width, identity.due),
    width,
  };
}

export function ringWidth(r: number): number {
  return Math.max(3, Math.min(7.5, r * 0.085));
}

/** A ring with teeth: an expired certificate is told by its shape, not by its colour. */
export function serratedPath(r: number): string {
  const teeth = Math.max(14, Math.round(r * 0.62));
  const depth = ringWidth(r);
  const points = Array.from({ length: teeth * 2 }, (_, index) => {
    const { x, y } = onRing(index % 2 === 0 ? r + depth * 0.55 : r - depth * 0.55, index / (teeth * 2));
    return `${x.toFixed(2)} ${y.toFixed(2)}`;
  });
  return `M${points.join('L')}Z`;
}

function radialLine(r: number, width: number, share: number): string {
  const inner = onRing(r - width * 1.2, share);
  const outer = onRing(r + width * 1.2, share);
  return `M${inner.x.toFixed(2)} ${inner.y.toFixed(2)}L${outer.x.toFixed(2)} ${outer.y.toFixed(2)}`;
}
