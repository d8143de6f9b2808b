/** `tchar` of RFC 9110 section 5.6.2. */
export function isToken(text: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text);
}

/** Visible characters, spaces and tabs; UTF-8 stands for `obs-text` (RFC 9110 section 5.5). */
export function isFieldValue(text: string): boolean {
  return !/[^\t\u0020-\u007e\u0080-\u{10ffff}]/u.test(text) && text === trimSpaces(text);
}

/** Without the optional whitespace around it, which is spaces and tabs only. */
export function trimSpaces(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}
