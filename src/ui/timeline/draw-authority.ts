import type { AuthorityLane } from '../../projection/timeline-model.ts';
import {
  box,
  clip,
  cross,
  dots,
  hatch,
  ring,
  tick,
  triangle,
  type Context,
  type Frame,
  type Scale,
} from './draw-shapes.ts';

/** The certificates of a CA as bars, hatched from when somebody else has the key; an end by revocation is a cut. */
export function drawAuthority(
  context: Context,
  frame: Frame,
  { certificates, marks }: AuthorityLane,
  x: Scale,
): void {
  const { palette } = frame;
  certificates.forEach(({ fromMs, untilMs, revokedAtMs, stolenAtMs }, index) => {
    const top = index % 2 === 0 ? 3 : 10;
    const end = revokedAtMs ?? untilMs;
    box(context, frame, x(fromMs), x(end), top, 8, palette.controlPlane, 0.55);
    if (stolenAtMs !== null && stolenAtMs < untilMs) {
      const [left, right] = clip(frame, x(Math.max(fromMs, stolenAtMs)), x(end));
      if (right > left) hatch(context, left, right, top, 8, palette.bad);
    }
    if (revokedAtMs !== null) tick(context, x(revokedAtMs), top - 2, top + 10, palette.bad, 2);
  });
  dots(frame, marks, x, (mark, at) => {
    if (mark.kind === 'stolen') cross(context, at, 22, 3.2, palette.bad);
    else if (mark.kind === 'revoked') triangle(context, at, 20, palette.bad);
    else if (mark.kind === 'crl') ring(context, at, 23.5, palette.text);
    else if (mark.kind === 'loaded') triangle(context, at, 20, palette.mute);
    else tick(context, at, 2, 19, palette.text, 1.25);
  });
}
