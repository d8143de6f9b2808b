import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Block, Inline } from '../../src/scenario/markdown/ast.ts';
import { parseMarkdown } from '../../src/scenario/markdown/parse.ts';
import { plainText, referencesOf } from '../../src/scenario/markdown/walk.ts';
import { formatReference } from '../../src/scenario/reference.ts';

/** Compact picture of a tree: S(strong) E(emphasis) C(code) R[reference](…) X[external](…). */
function picture(inlines: readonly Inline[]): string {
  return inlines
    .map((inline) => {
      switch (inline.type) {
        case 'text':
          return inline.text;
        case 'code':
          return `C(${inline.text})`;
        case 'strong':
          return `S(${picture(inline.children)})`;
        case 'emphasis':
          return `E(${picture(inline.children)})`;
        case 'reference':
          return `R[${formatReference(inline.reference)}](${picture(inline.children)})`;
        case 'external':
          return `X[${inline.href}](${picture(inline.children)})`;
      }
    })
    .join('');
}

function show(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) =>
    block.type === 'paragraph' ? [picture(block.children)] : block.items.map((item) => `- ${picture(item)}`),
  );
}

describe('running text', () => {
  test.each([
    ['plain text', 'plain text'],
    ['a **strong** word', 'a S(strong) word'],
    ['an *emphasised* word', 'an E(emphasised) word'],
    ['***both***', 'S(E(both))'],
    ['**a *b* c**', 'S(a E(b) c)'],
    ['*a **b** c*', 'E(a S(b) c)'],
    ['**a *b**', 'S(a *b)'],
    ['*a **b*', 'E(a **b)'],
    ['**open', '**open'],
    ['2 * 3 * 4', '2 * 3 * 4'],
    ['a ** b ** c', 'a ** b ** c'],
    ['spiffe://*/ns', 'spiffe://*/ns'],
    ['****', '****'],
    ['`SECRET_TTL` and `**`', 'C(SECRET_TTL) and C(**)'],
    ['`` a`b ``', 'C(a`b)'],
    ['an `open tick', 'an `open tick'],
    ['SECRET_TTL_x stays', 'SECRET_TTL_x stays'],
    ['\\*not\\* \\`code\\` \\[x\\](y)', '*not* `code` [x](y)'],
    ['a \\d b \\', 'a \\d b \\'],
    ['<b>bold</b> &amp; <script>', '<b>bold</b> &amp; <script>'],
    ['[order](pod:shop/order) is', 'R[pod:shop/order](order) is'],
    ['[its **CSR**](artefact:csr@shop/order)', 'R[artefact:csr@shop/order](its S(CSR))'],
    ['**[order](pod:shop/order)**', 'S(R[pod:shop/order](order))'],
    ['[a b] (c)', '[a b] (c)'],
    ['[](pod:shop/order)', '[](pod:shop/order)'],
    ['[a [b](pod:shop/order) c](pod:shop/x)', 'R[pod:shop/order](a [b) c](pod:shop/x)'],
    ['*a [b*](pod:shop/order)', '*a R[pod:shop/order](b*)'],
    ['[docs](https://istio.io/latest/)', 'X[https://istio.io/latest/](docs)'],
    ['[rfc](fact:https://www.rfc-editor.org/rfc/rfc5280)', 'X[https://www.rfc-editor.org/rfc/rfc5280](rfc)'],
  ])('%s', (source, expected) => {
    expect(show(parseMarkdown(source).blocks)).toEqual([expected]);
  });

  test.each([
    ['**order**의 신원', 'S(order)의 신원'],
    ['**`default`**는 하나입니다', 'S(C(default))는 하나입니다'],
    ['**"order"**를 봅니다', 'S("order")를 봅니다'],
    ['**istiod(CA)**가 서명합니다', 'S(istiod(CA))가 서명합니다'],
    ['**인증서!**와 **키.**를', 'S(인증서!)와 S(키.)를'],
    ['`order`의 **CSR**은', 'C(order)의 S(CSR)은'],
    ['*`default`*입니다', 'E(C(default))입니다'],
    ['[**order**](pod:shop/order)가', 'R[pod:shop/order](S(order))가'],
    ['신원**은** 이름', '신원S(은) 이름'],
  ])('Korean particles may follow a marker: %s', (source, expected) => {
    expect(show(parseMarkdown(source).blocks)).toEqual([expected]);
  });
});

describe('blocks', () => {
  test('blank lines part paragraphs, single line ends are spaces', () => {
    expect(show(parseMarkdown('one\ntwo\n\nthree\n').blocks)).toEqual(['one two', 'three']);
  });

  test('lines that begin with a hyphen are items, and may go on in the next line', () => {
    const source = 'Three:\n- **a** of\n  it\n- b\n\n- c\n\nend - not an item';
    expect(show(parseMarkdown(source).blocks)).toEqual([
      'Three:',
      '- S(a) of it',
      '- b',
      '- c',
      'end - not an item',
    ]);
    expect(parseMarkdown(source).blocks.map((block) => block.type)).toEqual([
      'paragraph',
      'list',
      'paragraph',
    ]);
  });
});

describe('links', () => {
  test.each([
    ['[x](javascript:alert(1))', null],
    ['[x](javascript:alert)', 'unknown reference "javascript:alert"'],
    ['[x](http://istio.io/)', '"http://istio.io/" is not a plain https link'],
    ['[x](https://evil.example/)', 'links to "evil.example" are not allowed'],
    ['[x](https://istio.io@evil.example/)', '"https://istio.io@evil.example/" is not a plain https link'],
    ['[x](https://istio.io.evil.example/)', 'links to "istio.io.evil.example" are not allowed'],
    ['[x](https://istio.io:8443/)', '"https://istio.io:8443/" is not a plain https link'],
    ['[x](data:text/html,hi)', 'unknown reference "data:text/html,hi"'],
    ['[x](pod:order)', 'malformed reference "pod:order"'],
    ['[x](artefact:certifcate@shop/order)', 'unknown artefact "certifcate"'],
  ])('%s makes no link', (source, message) => {
    const { blocks, problems } = parseMarkdown(source);
    expect(JSON.stringify(blocks)).not.toMatch(/"type":"(external|reference)"/);
    expect(problems.map((problem) => problem.message)).toEqual(message === null ? [] : [message]);
  });

  test('a problem says where it is, lines and indentation counted', () => {
    const source = 'one\n- two\n  [x](pod:order)';
    const [problem] = parseMarkdown(source).problems;
    expect(source.slice(problem?.offset)).toBe('](pod:order)');
    expect(problem?.hint).toBe('for example pod:shop/order');
  });

  test('references are found wherever they stand', () => {
    const { blocks } = parseMarkdown('**[a](pod:shop/a)**\n\n- *x [b](node:node-1)*');
    expect(referencesOf(blocks).map(formatReference)).toEqual(['pod:shop/a', 'node:node-1']);
  });
});

const alphabet = [...'ab의는 \n-*`[]()\\.<&', 'pod:shop/order', '**', '](pod:shop/order)', '`'];
const wild = fc.array(fc.constantFrom(...alphabet), { maxLength: 200 }).map((parts) => parts.join(''));

/** Everything but white space and the characters that can be markers. */
function letters(text: string): string {
  return text.replace(/[\s*`[\]()\\-]/g, '');
}

function withTargets(inlines: readonly Inline[]): string {
  return inlines
    .map((inline) => {
      if ('text' in inline) return inline.text;
      const inner = withTargets(inline.children);
      return inline.type === 'reference' ? inner + formatReference(inline.reference) : inner;
    })
    .join('');
}

describe('for any text', () => {
  test('no letter is lost, added or moved', () => {
    fc.assert(
      fc.property(wild, (source) => {
        const { blocks } = parseMarkdown(source);
        const lines = blocks.flatMap((block) =>
          block.type === 'paragraph' ? [block.children] : block.items,
        );
        expect(letters(lines.map(withTargets).join(''))).toBe(letters(source));
      }),
      { numRuns: 2_000 },
    );
  });

  test('text without markers comes out as it went in', () => {
    const words = fc.array(fc.stringMatching(/^[\p{L}\p{N}.,:;!?"'<>&_#]{1,12}$/u), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(words, (list) => {
        expect(plainText(parseMarkdown(list.join(' ')).blocks)).toBe(list.join(' '));
      }),
    );
  });

  test('the tree stays shallow however the markers nest', () => {
    const depth = (inlines: readonly Inline[]): number =>
      Math.max(0, ...inlines.map((inline) => ('text' in inline ? 1 : 1 + depth(inline.children))));
    for (const nest of ['*a **b ', '[a *b ', '**a*b', '`a``b']) {
      const { blocks } = parseMarkdown(nest.repeat(2_000) + '** * '.repeat(2_000));
      for (const block of blocks)
        if (block.type === 'paragraph') expect(depth(block.children)).toBeLessThan(12);
    }
  });
});
