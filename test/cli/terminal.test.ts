import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { formatProblem } from '../../src/cli/exit.ts';
import { coloured } from '../../src/cli/output.ts';
import { ProgressBar } from '../../src/cli/progress.ts';
import { formatTable } from '../../src/cli/table.ts';

class Terminal {
  readonly isTTY: boolean;
  readonly columns = 60;
  written = '';

  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }

  write(text: string): boolean {
    this.written += text;
    return true;
  }

  /** The bar uses no more of a stream than this. */
  get stream(): NodeJS.WriteStream {
    return this as unknown as NodeJS.WriteStream;
  }
}

describe('the progress bar', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => vi.useRealTimers());

  it('shows itself when a run takes long, fits the terminal, and goes', () => {
    const terminal = new Terminal(true);
    const bar = new ProgressBar(terminal.stream, false);
    bar.show(0.1, 'soon');
    expect(terminal.written).toBe('');
    vi.advanceTimersByTime(500);
    bar.show(0.5, 'a text that is longer than the rest of the line');
    bar.show(0.6, 'too early to draw again');
    expect(terminal.written).toBe(
      `\r\x1b[2K${'█'.repeat(14)}${'·'.repeat(14)} 50 %  a text that is longer t`,
    );
    bar.clear();
    bar.clear();
    expect(terminal.written.slice(-5)).toBe('\r\x1b[2K');
  });

  it.each([
    { where: 'no terminal', isTTY: false, quiet: false },
    { where: 'JSON', isTTY: true, quiet: true },
  ])('is silent where there is $where', ({ isTTY, quiet }) => {
    const terminal = new Terminal(isTTY);
    const bar = new ProgressBar(terminal.stream, quiet);
    vi.advanceTimersByTime(500);
    bar.show(0.5, 'half');
    bar.clear();
    expect(terminal.written).toBe('');
  });
});

describe('colour', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('is for terminals, and not where NO_COLOR is set', () => {
    vi.stubEnv('NO_COLOR', '');
    vi.stubEnv('TERM', 'xterm');
    expect(coloured(new Terminal(true).stream, 'red', 'failed')).toBe('\x1b[31mfailed\x1b[0m');
    expect(coloured(new Terminal(false).stream, 'red', 'failed')).toBe('failed');
    vi.stubEnv('NO_COLOR', '1');
    expect(coloured(new Terminal(true).stream, 'red', 'failed')).toBe('failed');
  });
});

describe('a table', () => {
  it('counts Hangul as two columns and colours as none', () => {
    const rows = [
      ['메시', 'x'],
      ['\x1b[31mred\x1b[0m', 'y'],
    ];
    expect(formatTable(['NAME', 'Z'], rows)).toBe('NAME  Z\n메시  x\n\x1b[31mred\x1b[0m   y');
  });
});

describe('a problem', () => {
  it('is shown with its place, its step, its value and its hint', () => {
    const problem = {
      file: 'a.yaml',
      line: 3,
      column: 7,
      step: 'birth',
      message: 'no such pod',
      rule: 'pod.exists',
    };
    expect(formatProblem({ ...problem, value: 'shop/odrer', hint: 'did you mean "shop/order"?' })).toBe(
      'a.yaml:3:7: step "birth": no such pod [pod.exists]\n    value: shop/odrer\n    hint:  did you mean "shop/order"?',
    );
  });

  it('cannot steer the terminal it is shown on', () => {
    expect(formatProblem({ message: 'a\x1b[2J\nb\u202ec' })).toBe('a\\u{1b}[2J\\u{a}b\\u{202e}c');
  });
});
