import { LineCounter, parseDocument, type Tags } from 'yaml';
import type { Findings, InputFile, SourcePosition } from './input.ts';
import type { Located } from './located.ts';
import { locate, YamlRefusal } from './yaml-locate.ts';
import { tooDeepLine } from './yaml-nesting.ts';

/** Bounds on what is read, so that pasted text cannot make a page stand still. */
const INPUT_LIMITS = { characters: 1_048_576, documents: 2_000, depth: 100, values: 200_000 } as const;

/** One YAML document: its top value, never an empty one. */
export interface YamlDocument {
  readonly file: string;
  readonly root: Located;
}

/**
 * Reads files of YAML documents, split at `---` lines as kubectl splits them, so that a broken document leaves the
 * others whole. Plain values follow YAML 1.1, as in Kubernetes: `yes` and `on` are booleans.
 *
 * @param files - texts and the names to report them by
 * @param findings - receives one error for each document that cannot be read
 * @returns the readable documents in order; none if the input is over {@link INPUT_LIMITS}
 */
export function readYaml(files: readonly InputFile[], findings: Findings): YamlDocument[] {
  const total = files.reduce((sum, file) => sum + file.text.length, 0);
  if (total > INPUT_LIMITS.characters) {
    const at = { file: files[0]?.name ?? '', line: 1, column: 1 };
    findings.error(
      at,
      'input.size',
      `input of ${total} characters; at most ${INPUT_LIMITS.characters} are read`,
    );
    return [];
  }
  const documents: YamlDocument[] = [];
  let left = INPUT_LIMITS.documents;
  for (const file of files) {
    for (const chunk of splitDocuments(file.text)) {
      if (left-- === 0) {
        const at = { file: file.name, line: chunk.firstLine, column: 1 };
        findings.error(at, 'input.documents', `more than ${INPUT_LIMITS.documents} documents`);
        return documents;
      }
      const root = readDocument(file.name, chunk, findings);
      if (root !== null) documents.push({ file: file.name, root });
    }
  }
  return documents;
}

interface Chunk {
  readonly text: string;
  readonly firstLine: number;
}

function splitDocuments(text: string): Chunk[] {
  const chunks: Chunk[] = [];
  let lines: string[] = [];
  let firstLine = 1;
  const close = () => {
    if (lines.some((line) => !/^\uFEFF?\s*(#|%|$|\.\.\.\s*$)/.test(line))) {
      chunks.push({ text: lines.join('\n'), firstLine });
    }
  };
  for (const [index, line] of text.split('\n').entries()) {
    if (/^---(\s|$)/.test(line)) {
      close();
      lines = [];
      firstLine = index + 1;
    }
    lines.push(/^%/.test(line) ? '' : line.replace(/^---$|^---(?=\s)/, lines.length === 0 ? '   ' : '---'));
  }
  close();
  return chunks;
}

function readDocument(file: string, chunk: Chunk, findings: Findings): Located | null {
  const lineCounter = new LineCounter();
  const positionOf = (offset: number): SourcePosition => {
    const { line, col } = lineCounter.linePos(Math.max(0, Math.min(offset, chunk.text.length)));
    return { file, line: Math.max(1, line) + chunk.firstLine - 1, column: Math.max(1, col) };
  };
  const tooDeep = tooDeepLine(chunk.text);
  if (tooDeep !== null) {
    const at = { file, line: chunk.firstLine + tooDeep, column: 1 };
    findings.error(at, 'yaml.depth', 'nested too deeply to read');
    return null;
  }
  try {
    const document = parseDocument(chunk.text, { ...PARSE_OPTIONS, lineCounter });
    const problem = document.errors[0];
    if (problem !== undefined) {
      const at = positionOf(problem.pos[0]);
      findings.error(at, 'yaml.syntax', firstLineOf(problem.message), {
        hint: templateHint(chunk.text) ?? HINTS[problem.code] ?? null,
      });
      return null;
    }
    return locate(document, positionOf, INPUT_LIMITS);
  } catch (cause) {
    const refusal = refusalOf(cause);
    if (refusal === null) throw cause;
    const at = refusal.at ?? { file, line: chunk.firstLine, column: 1 };
    findings.error(at, refusal.rule, refusal.message, { hint: templateHint(chunk.text) ?? refusal.hint });
    return null;
  }
}

const PARSE_OPTIONS = {
  version: '1.1',
  schema: 'yaml-1.1',
  prettyErrors: false,
  // The library compares every pair of keys; Converter finds duplicates in linear time.
  uniqueKeys: false,
  logLevel: 'silent',
  // Kubernetes' YAML reader leaves dates and sexagesimal numbers such as 22:22 as text.
  customTags: (tags: Tags): Tags =>
    tags.filter(
      (tag) =>
        typeof tag === 'string' ||
        (!/timestamp/.test(tag.tag) && !('format' in tag && tag.format === 'TIME')),
    ),
} as const;

function firstLineOf(message: string): string {
  return (message.split('\n')[0] ?? message).slice(0, 200);
}

function templateHint(text: string): string | null {
  return /\{\{.*\}\}/.test(text)
    ? 'this looks like a template: render it first, for example with helm template'
    : null;
}

const HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'line the key up with its neighbours',
  MISSING_CHAR: 'is a quote, a bracket or a colon missing?',
  BLOCK_AS_IMPLICIT_KEY: 'a value that contains ": " needs quotes',
  MULTILINE_IMPLICIT_KEY: 'is a colon missing after the key?',
};

function refusalOf(cause: unknown): YamlRefusal | null {
  if (cause instanceof YamlRefusal) return cause;
  // A stack overflow inside the parser: only nesting can cause one.
  return cause instanceof RangeError
    ? new YamlRefusal(null, 'yaml.depth', 'nested too deeply to read')
    : null;
}
