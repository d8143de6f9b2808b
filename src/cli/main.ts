import { CommanderError } from 'commander';
import { exitCode, UnusableInput } from './exit.ts';
import { printError, printProblem, tolerateClosedPipes } from './output.ts';
import { program } from './program.ts';

tolerateClosedPipes();
standWhereTheUserStands();
process.on('uncaughtException', (error) => process.exit(report(error)));
process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  let code: number = exitCode.ok;
  try {
    await program((done) => {
      code = done;
    }).parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    return report(error);
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.unusableInput;
  if (error instanceof UnusableInput) {
    error.problems.forEach(printProblem);
    return exitCode.unusableInput;
  }
  printError(
    `svidlab broke, which is a bug of its own:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  return exitCode.bug;
}

/** `npm run` changes to the directory of the package; paths are meant from where it was called. */
function standWhereTheUserStands(): void {
  const { npm_lifecycle_event: script, INIT_CWD: from } = process.env;
  if (script === 'svidlab' && from !== undefined) process.chdir(from);
}
