/**
 * Mapped to nothing (RFC 4518 2.2): controls, format characters, variation selectors, the joiner 034F, 1806, and the
 * object replacement FFFC. White space among the controls has been replaced before.
 */
const MAPPED_TO_NOTHING = /\p{Cc}|\p{Cf}|\p{Variation_Selector}|\u034f|\u1806|\ufffc/gu;

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
  const mapped = text.replace(SPACES, ' ').replace(MAPPED_TO_NOTHING, '').normalize('NFKC');
  // Up and down again is full case folding where one letter becomes two (ß, ligatures).
  const folded = mapped.toUpperCase().toLowerCase().normalize('NFKC');
  return folded.replace(/ +/g, ' ').trim();
}
