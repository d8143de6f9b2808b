import type { ArtefactId } from '../../trace/artefact.ts';

/** What a comparison begins with. */
export type CompareStart =
  /** Two artefacts of one kind; null where the other is to be guessed, or chosen. */
  | { readonly mode: 'artefacts'; readonly a: ArtefactId | null; readonly b: ArtefactId | null }
  /** The stage at two moments. */
  | { readonly mode: 'moments' };
