import type { Field, InspectedDocument } from '../../projection/inspect/index.ts';
import { shellWord } from '../../projection/inspect/proof.ts';
import { printable } from '../exit.ts';
import { coloured } from '../output.ts';
import { explanationOf, groupName, kindName, noteOf, proofText } from './words.ts';

const indent = '    ';

/** Lays documents out as lines; what a field means is said the first time it comes. */
export class DocumentPrinter {
  readonly #width: number;
  readonly #explained = new Set<string>();

  constructor(columns: number | undefined) {
    this.#width = Math.min(100, Math.max(40, columns ?? 100));
  }

  /** `path` is where the document stands alone or first; null where no command can be given for it. */
  print(document: InspectedDocument, path: string | null): string {
    const heading = `${kindName(document)}: ${printable(document.title)}`;
    const sections = [
      coloured(process.stdout, 'bold', heading),
      this.#fields(document.fields),
      ...document.parts.map((part) => this.print(part, null)),
    ];
    if (path !== null) sections.push(proofLines(document, path));
    return sections.filter((section) => section !== '').join('\n');
  }

  #fields(fields: readonly Field[]): string {
    const width = Math.max(0, ...fields.map(({ label }) => label.length));
    let group: Field['group'];
    const lines: string[] = [];
    for (const field of fields) {
      if (field.group !== group && field.group !== undefined) lines.push(`  ${groupName(field.group)}:`);
      group = field.group;
      lines.push(...this.#field(field, width));
    }
    return lines.join('\n');
  }

  #field(field: Field, width: number): string[] {
    const [first = '', ...rest] = field.value.split('\n').map(printable);
    const head = `  ${field.label.padEnd(width)}  ${toned(field, first)}`;
    const more = rest.map((line) => `  ${' '.repeat(width)}  ${line}`);
    const note = noteOf(field);
    const remark = note === null ? [] : this.#paragraph(`→ ${note}`);
    const explanation = this.#explained.has(field.id) ? null : explanationOf(field);
    this.#explained.add(field.id);
    const meaning = explanation === null ? [] : this.#paragraph(explanation);
    return [head, ...more, ...remark, ...meaning.map((line) => coloured(process.stdout, 'dim', line))];
  }

  #paragraph(text: string): string[] {
    const lines: string[] = [];
    let line = indent;
    for (const word of text.split(' ')) {
      if (line.length + word.length >= this.#width && line !== indent) {
        lines.push(line.trimEnd());
        line = indent;
      }
      line += `${word} `;
    }
    return [...lines, line.trimEnd()];
  }
}

const toneColours = { ok: 'green', warn: 'yellow', bad: 'red', muted: 'dim' } as const;

function toned({ tone }: Field, text: string): string {
  return tone === undefined ? text : coloured(process.stdout, toneColours[tone], text);
}

function proofLines({ proof }: InspectedDocument, path: string): string {
  const lines = proof.map((each) => {
    const command = each.command.replaceAll(shellWord(each.file), shellWord(path));
    return `${indent}${command}    # ${proofText(each)}`;
  });
  return lines.length === 0 ? '' : ['  The same with other tools:', ...lines].join('\n');
}
