/** The rules of the SPIFFE ID standard, one name each (SPIFFE-ID.md section 2; go-spiffe spiffeid/errors.go). */
export type SpiffeIdRule =
  | 'empty'
  | 'wrong-scheme'
  | 'missing-trust-domain'
  | 'trust-domain-character'
  | 'trust-domain-too-long'
  | 'path-character'
  | 'empty-segment'
  | 'dot-segment'
  | 'trailing-slash'
  | 'no-leading-slash'
  | 'too-long';

/** go-spiffe's words; it does not enforce the two lengths, whose words are ours. */
const TEXTS: Readonly<Record<SpiffeIdRule, string>> = {
  empty: 'cannot be empty',
  'wrong-scheme': 'scheme is missing or invalid',
  'missing-trust-domain': 'trust domain is missing',
  'trust-domain-character':
    'trust domain characters are limited to lowercase letters, numbers, dots, dashes, and underscores',
  'trust-domain-too-long': 'trust domain is longer than 255 bytes',
  'path-character': 'path segment characters are limited to letters, numbers, dots, dashes, and underscores',
  'empty-segment': 'path cannot contain empty segments',
  'dot-segment': 'path cannot contain dot segments',
  'trailing-slash': 'path cannot have a trailing slash',
  'no-leading-slash': 'path must have a leading slash',
  'too-long': 'SPIFFE ID is longer than 2048 bytes',
};

/** Text that is no SPIFFE ID, trust domain or path: which rule it breaks, and where. */
export class SpiffeIdError extends Error {
  override readonly name = 'SpiffeIdError';
  readonly rule: SpiffeIdRule;
  readonly input: string;
  /** Offset into `input`, in UTF-16 units, of the first character that breaks the rule. */
  readonly position: number;

  constructor(rule: SpiffeIdRule, input: string, position: number) {
    super(TEXTS[rule]);
    this.rule = rule;
    this.input = input;
    this.position = position;
  }
}
