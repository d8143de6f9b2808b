/** Mapped to nothing (RFC 4518 2.2): soft hyphen, joiners, variation selectors, controls without white space. */
const MAPPED_TO_NOTHING =
  /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u06dd\u070f\u1806\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2063\u206a-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffc\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/gu;

/** Every white space becomes SPACE (RFC 4518 2.2). */
const SPACES = /[\t-\r\u0085\p{Zs}\p{Zl}\p{Zp}]+/gu;

const PLAIN = /^[\x21-\x7e]*$/;

/**
 * Prepares the text of an attribute for comparison (RFC 5280 7.1, RFC 4518): mapped, case-folded, normalised to
 * NFKC, outer white space removed and inner runs made one SPACE.
 * Simplified: characters that RFC 4518 2.4 prohibits are kept and compare as themselves.
 */
export function prepareText(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  const mapped = text.replace(MAPPED_TO_NOTHING, '').replace(SPACES, ' ').normalize('NFKC');
  // Up and down again is full case folding where one letter becomes two (ß, ligatures).
  const folded = mapped.toUpperCase().toLowerCase().normalize('NFKC');
  return folded.replace(/ +/g, ' ').trim();
}
