// The texts of the page as modules, which type checks and tests import.
import { giveUp } from './report.mjs';
import { capture } from './run.mjs';

export async function compileMessages() {
  const { code, output } = await capture(process.execPath, ['test/setup/compile-messages.mjs']);
  if (code !== 0) giveUp('The texts of the page do not compile.', ...output.trim().split('\n'));
}
