const wide = /[ᄀ-ᇿ⺀-꓏가-힣豈-﫿＀-￯]/u;

/** Estimates the width of a text in the interface's font; a little too wide rather than too narrow. */
export function textWidth(text: string, fontSize: number, bold = false): number {
  let units = 0;
  for (const letter of text) {
    if (wide.test(letter)) units += 1;
    else if (" iljI.,:;|!'·".includes(letter)) units += 0.32;
    else if ('mwMW@%—'.includes(letter)) units += 0.9;
    else if (letter >= 'A' && letter <= 'Z') units += 0.69;
    else units += 0.58;
  }
  return units * fontSize * (bold ? 1.06 : 1);
}

/** The text, or as much of its beginning as fits a width, ending in an ellipsis. */
export function fitText(text: string, width: number, fontSize: number, bold = false): string {
  if (textWidth(text, fontSize, bold) <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && textWidth(`${letters.join('')}…`, fontSize, bold) > width) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

/** The first of several wordings that fits, or the last one cut to fit. */
export function firstThatFits(
  wordings: readonly string[],
  width: number,
  fontSize: number,
  bold = false,
): string {
  const fitting = wordings.find((wording) => textWidth(wording, fontSize, bold) <= width);
  return fitting ?? fitText(wordings.at(-1) ?? '', width, fontSize, bold);
}
