import { createContext } from 'svelte';
import { toHex } from '../../core/bytes/index.ts';
import { nativeCrypto } from '../../core/crypto/index.ts';
import type { Certificate, Crl } from '../../core/pki/index.ts';
import { gatherEvidence, type Evidence, type VerifyCase } from '../../projection/verify/evidence.ts';
import { type Bag, readBag } from '../../projection/verify/read-bag.ts';
import { type Example, type Filled, makeExample } from './examples.ts';
import { type LeftOut, takeFiles } from './files.ts';
import { type Input, recallInput, rememberInput } from './memory.ts';
import {
  instantOf,
  purposeCodes,
  referenceName,
  type Settings,
  spiffeIdFault,
  standardSettings,
} from './settings.ts';

export type Field = 'chain' | 'roots';

/** The page where a chain is judged: what was put in, and the evidence that came of it. */
export class VerifySession {
  #input: Input = $state.raw(recallInput());
  /** When it was last asked, milliseconds since 1970. */
  #askedAtMs = $state(Date.now());
  #evidence: Evidence | null = $state.raw(null);
  #ticket = 0;
  leftOut: readonly LeftOut[] = $state.raw([]);

  readonly chainBag: Bag = $derived(readBag(this.#input.chain));
  readonly rootsBag: Bag = $derived(readBag(this.#input.roots));
  readonly certificates: readonly Certificate[] = $derived(certificatesIn(this.chainBag));
  readonly crls: readonly Crl[] = $derived([...crlsIn(this.chainBag), ...crlsIn(this.rootsBag)]);
  /** Those of the chain that issued themselves: whom one might trust. */
  readonly candidates: readonly Certificate[] = $derived(
    this.certificates.filter((certificate) => certificate.isSelfIssued),
  );
  readonly leaf: Certificate | null = $derived(
    this.certificates.find((each) => certificateKey(each) === this.#input.leaf) ?? leafOf(this.certificates),
  );
  readonly roots: readonly Certificate[] = $derived([
    ...certificatesIn(this.rootsBag),
    ...this.candidates.filter((candidate) => this.isTrusted(candidate)),
  ]);
  readonly nameFault: string | null = $derived.by(() => {
    const { profile, name } = this.settings;
    return profile === 'spiffe' && name.trim() !== '' ? spiffeIdFault(name) : null;
  });
  /** Null while there is nothing to judge, or no way to. */
  readonly input: VerifyCase | null = $derived.by(() => this.#caseOf());

  get settings(): Settings {
    return this.#input.settings;
  }

  get leafKey(): string | null {
    return this.#input.leaf;
  }

  text(field: Field): string {
    return this.#input[field];
  }

  get isEmpty(): boolean {
    return this.#input.chain.trim() === '' && this.#input.roots.trim() === '';
  }

  /** What the present input was judged by; what was judged before stays until the new is there. */
  get evidence(): Evidence | null {
    return this.input === null ? null : this.#evidence;
  }

  /** Judges the input as it stands. What comes late for an input that has changed is dropped. */
  async judge(input: VerifyCase): Promise<void> {
    const ticket = ++this.#ticket;
    const evidence = await gatherEvidence(nativeCrypto, input);
    if (ticket === this.#ticket) this.#evidence = evidence;
  }

  edit(change: Partial<Input>): void {
    this.#input = { ...this.#input, ...change };
    this.#askedAtMs = Date.now();
    rememberInput(this.#input);
  }

  set(change: Partial<Settings>): void {
    this.edit({ settings: { ...this.settings, ...change } });
  }

  isTrusted(certificate: Certificate): boolean {
    return this.#input.trusted.includes(certificateKey(certificate));
  }

  trust(certificate: Certificate, trusted: boolean): void {
    const key = certificateKey(certificate);
    const others = this.#input.trusted.filter((known) => known !== key);
    this.edit({ trusted: trusted ? [...others, key] : others });
  }

  /** Adds files to a field. */
  async take(files: Iterable<File>, field: Field): Promise<void> {
    const { texts, leftOut } = await takeFiles(files);
    this.leftOut = leftOut;
    if (texts.length > 0) this.add(texts.join(''), field);
  }

  add(text: string, field: Field): void {
    const before = this.#input[field].trimEnd();
    this.edit({ [field]: before === '' ? text : `${before}\n${text}` });
  }

  async show(example: Example): Promise<void> {
    this.fill(await makeExample(nativeCrypto, example, new Date(Date.now())));
  }

  fill({ chain, roots, settings }: Filled): void {
    this.leftOut = [];
    this.edit({ chain, roots, settings, trusted: [], leaf: null });
  }

  clear(): void {
    this.fill({ chain: '', roots: '', settings: standardSettings });
  }

  #caseOf(): VerifyCase | null {
    const { leaf } = this;
    if (leaf === null || this.nameFault !== null) return null;
    const { at, purpose, profile, revocation } = this.settings;
    const name = referenceName(this.settings.name);
    return {
      chain: [leaf, ...this.certificates.filter((each) => each !== leaf)],
      roots: this.roots,
      crls: this.crls,
      staple: null,
      at: new Date(instantOf(at) ?? this.#askedAtMs),
      purpose: purposeCodes[purpose],
      profile,
      revocation,
      ...(name === null ? {} : { name }),
    };
  }
}

export const [getVerify, setVerify] = createContext<VerifySession>();

/** Tells certificates apart, from one visit to the next. */
export function certificateKey(certificate: Certificate): string {
  return toHex(certificate.signature.subarray(0, 24));
}

/** The first that has issued none of the others, as a file need not begin with it; else the first. */
function leafOf(certificates: readonly Certificate[]): Certificate | null {
  const issuers = new Set(
    certificates.filter((each) => !each.isSelfIssued).map((certificate) => certificate.issuer.key),
  );
  return certificates.find(({ subject }) => !issuers.has(subject.key)) ?? certificates[0] ?? null;
}

function certificatesIn({ items }: Bag): readonly Certificate[] {
  return items.flatMap((item) => (item.kind === 'certificate' ? [item.certificate] : []));
}

function crlsIn({ items }: Bag): readonly Crl[] {
  return items.flatMap((item) => (item.kind === 'crl' ? [item.crl] : []));
}
