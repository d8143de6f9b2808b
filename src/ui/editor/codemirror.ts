import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { Compartment, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { ReadableError } from '../../scenario/protocol.ts';

export interface Editor {
  readonly focus: () => void;
  readonly setText: (text: string) => void;
  readonly setErrors: (errors: readonly ReadableError[]) => void;
  readonly setLabel: (label: string) => void;
  readonly destroy: () => void;
}

export interface EditorOptions {
  readonly text: string;
  readonly label: string;
  readonly onchange: (text: string) => void;
  /** Ctrl or Command with Enter. */
  readonly onsubmit: () => void;
}

/** Colours come from the page's tokens, so that both themes are served by one. */
const theme = EditorView.theme({
  '&': { height: '100%', fontSize: '0.9em', backgroundColor: 'var(--bg)', color: 'var(--text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--text)', padding: '0.5em 0' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--bg)', color: 'var(--mute)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 7%, transparent)',
  },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 24%, transparent)',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--raised)',
    color: 'var(--text)',
    border: '1px solid var(--line)',
    borderRadius: '8px',
    maxWidth: '24rem',
  },
  // Drawn without the images of the package, which the page's content policy would have to allow.
  '.cm-gutter-lint .cm-lint-marker-error': {
    content: '""',
    width: '0.6em',
    height: '0.6em',
    margin: '0.45em auto 0',
    borderRadius: '50%',
    backgroundColor: 'var(--bad)',
  },
  '.cm-lintRange-error.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--bad)',
    textDecorationSkipInk: 'none',
  },
  '.cm-lintPoint.cm-lintPoint-error::after': { borderBottomColor: 'var(--bad)' },
  '.cm-diagnostic': { padding: '0.35em 0.6em' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--bad)' },
});

const highlight = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: 'var(--accent)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--ok)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--warn)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--mute)', fontStyle: 'italic' },
  { tag: [tags.punctuation, tags.separator, tags.meta, tags.bracket], color: 'var(--mute)' },
]);

/** Where typing replaces text the browser would keep its look in inline styles, which the page's content policy forbids. */
const typingOver = EditorView.domEventHandlers({
  beforeinput({ inputType, data }, view) {
    if (inputType !== 'insertText' || data === null || view.state.selection.main.empty) return false;
    view.dispatch(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true });
    return true;
  },
});

/** An editor of YAML in an element that has a shadow root: styles then need no exception in the page's content policy. */
export function createEditor(root: ShadowRoot, options: EditorOptions): Editor {
  const label = new Compartment();
  const labelled = (text: string) => EditorView.contentAttributes.of({ 'aria-label': text, tabindex: '0' });
  let quiet = false;
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        indentUnit.of('  '),
        yaml(),
        syntaxHighlighting(highlight),
        theme,
        label.of(labelled(options.label)),
        typingOver,
        keymap.of([
          { key: 'Mod-Enter', run: () => (options.onsubmit(), true) },
          // Escape and then Tab leaves the editor, as CodeMirror has it.
          indentWithTab,
          ...defaultKeymap,
          ...historyKeymap,
        ]),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged && !quiet) options.onchange(state.doc.toString());
        }),
      ],
    }),
  });
  return {
    focus: () => view.focus(),
    destroy: () => view.destroy(),
    setLabel: (text) => view.dispatch({ effects: label.reconfigure(labelled(text)) }),
    setErrors(errors) {
      const diagnostics = diagnosticsIn(view.state, errors);
      view.dispatch(setDiagnostics(view.state, diagnostics));
      const [first] = diagnostics;
      if (first) view.dispatch({ effects: EditorView.scrollIntoView(first.from, { y: 'center' }) });
    },
    setText(text) {
      if (text === view.state.doc.toString()) return;
      quiet = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      quiet = false;
    },
  };
}

function diagnosticsIn(state: EditorState, errors: readonly ReadableError[]): Diagnostic[] {
  return errors.flatMap(({ line, column, message, hint }) => {
    if (line === undefined) return [];
    const at = state.doc.line(Math.max(1, Math.min(line, state.doc.lines)));
    const from = Math.min(at.to, at.from + Math.max(0, (column ?? 1) - 1));
    return [
      { from, to: at.to, severity: 'error' as const, message: hint ? `${message} — ${hint}` : message },
    ];
  });
}
