import { writeSync } from 'node:fs';
import { formatProblem, type InputProblem } from './exit.ts';

type Colour = 'red' | 'green' | 'yellow' | 'dim' | 'bold';

const codes: Readonly<Record<Colour, string>> = {
  red: '31',
  green: '32',
  yellow: '33',
  dim: '2',
  bold: '1',
};

/** Results go to stdout. */
export function printResult(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** One result as JSON, on stdout. */
export function printJson(value: unknown): void {
  printResult(JSON.stringify(value, null, 2));
}

/** Input that cannot be used, on stderr. */
export function printProblem(problem: InputProblem): void {
  printError(`${coloured(process.stderr, 'red', 'error')}  ${formatProblem(problem)}`);
}

/** Everything that is no result (errors, notes, progress) goes to stderr. */
export function printError(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Written at once, for the last words of a process that is about to end. */
export function printErrorNow(text: string): void {
  try {
    writeSync(process.stderr.fd, `${text}\n`);
  } catch {
    // Nobody can be told that nobody listens.
  }
}

/** `text` in colour where `stream` is a terminal and NO_COLOR (no-color.org) is not set. */
export function coloured(stream: NodeJS.WriteStream, colour: Colour, text: string): string {
  const noColour = process.env['NO_COLOR'] ?? '';
  if (!stream.isTTY || noColour !== '' || process.env['TERM'] === 'dumb') return text;
  return `\x1b[${codes[colour]}m${text}\x1b[0m`;
}

/** A reader that goes away early, such as `head`, ends the writing and not the program. */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
