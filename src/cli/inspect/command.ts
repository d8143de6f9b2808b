import { basename, extname } from 'node:path';
import { InspectError, inspectFile, type InspectedDocument } from '../../projection/inspect/index.ts';
import { exitCode, UnusableInput } from '../exit.ts';
import { nameOf, readBytes } from '../input.ts';
import { printJson, printResult } from '../output.ts';
import { DocumentPrinter } from './document-text.ts';
import { documentJson } from './document-json.ts';

export interface InspectCommandOptions {
  /** Milliseconds since 1970. */
  readonly at?: number;
  readonly json?: true;
}

/** `svidlab inspect`. Resolves with the exit code. */
export async function inspect(path: string, options: InspectCommandOptions): Promise<number> {
  const documents = open(path, await readBytes(path), options.at);
  if (options.json === true) {
    printJson({ file: nameOf(path), documents: documents.map(documentJson) });
    return exitCode.ok;
  }
  const printer = new DocumentPrinter(process.stdout.columns);
  const texts = documents.map((document, index) =>
    printer.print(document, index === 0 && path !== '-' ? path : null),
  );
  printResult(texts.join('\n\n'));
  return exitCode.ok;
}

function open(path: string, bytes: Uint8Array, nowMs: number | undefined): readonly InspectedDocument[] {
  const name = path === '-' ? 'input' : basename(path, extname(path));
  try {
    return inspectFile(bytes, { name, ...(nowMs === undefined ? {} : { nowMs }) });
  } catch (error) {
    if (!(error instanceof InspectError)) throw error;
    const { message, hint, offset } = error;
    const where = offset === null || offset === 0 ? '' : ` (at octet ${offset})`;
    throw new UnusableInput({ file: nameOf(path), message: `${message}${where}`, hint });
  }
}
