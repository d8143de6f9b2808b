// Lines for a person at a terminal, plain where there is no terminal.

const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code) => (text) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);

export const bold = paint('1');
export const dim = paint('2');
export const green = paint('32');
export const red = paint('31');

export function say(line = '') {
  process.stdout.write(`${line}\n`);
}

/** Ends the process with what went wrong and what to do about it. */
export function giveUp(problem, ...whatToDo) {
  process.stderr.write(`${red('✗')} ${problem}\n${whatToDo.map((line) => `  ${line}\n`).join('')}`);
  process.exit(1);
}

export function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
