import type { TlsSide } from '../../trace/tls-entry.ts';
import type { LadderRow, TlsRow } from './ladder-model.ts';

/** Through whose eyes a connection is looked at; `narrator` knows what both ends know. */
export type Viewer = 'narrator' | TlsSide | 'eavesdropper';

/**
 * What a viewer has of a row: its content; that there is something, with its length and outer type (`sealed`); nothing yet
 * (`underway`); or nothing at all, because it happens where the viewer cannot look (`hidden`).
 */
export type Sight = 'content' | 'sealed' | 'underway' | 'hidden';

/** What a viewer can make of a row when the first `cursor` entries have happened. */
export function sightOf(row: LadderRow, viewer: Viewer, cursor: number): Sight {
  if (viewer === 'narrator') return 'content';
  switch (row.kind) {
    case 'tls':
      return sightOfFlight(row, viewer, cursor);
    case 'plain':
      return viewer !== 'eavesdropper' && (row.from === viewer || row.to === viewer) ? 'content' : 'hidden';
    case 'keys':
      return viewer === 'eavesdropper' ? 'hidden' : 'content';
    default:
      return row.side === viewer ? 'content' : 'hidden';
  }
}

function sightOfFlight(row: TlsRow, viewer: Exclude<Viewer, 'narrator'>, cursor: number): Sight {
  if (viewer === 'eavesdropper') return row.epoch === 'plaintext' ? 'content' : 'sealed';
  if (row.from === viewer) return 'content';
  if (row.arrived === null || row.arrived.seq >= cursor) return 'underway';
  return row.understood || row.epoch === 'plaintext' ? 'content' : 'sealed';
}
