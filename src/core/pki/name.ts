import { type Bytes, equalBytes } from '../bytes/bytes.ts';
import { DerReader } from '../bytes/der-reader.ts';
import { toHex } from '../bytes/hex.ts';
import { isPrintable, oid, printableString, seq, set, TAG, utf8String } from '../bytes/der.ts';
import { prepareText } from './string-prep.ts';

export interface NameAttribute {
  readonly oid: string;
  /** Short name as OpenSSL prints it (`O`, `CN`); the dotted oid where it has none. */
  readonly name: string;
  readonly value: string;
  /** Whether the value is a character string; others are shown in hex. */
  readonly isText: boolean;
}

const NUMERIC_STRING = 0x12;

const SHORT_NAMES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'street',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.42': 'GN',
  '2.5.4.45': 'x500UniqueIdentifier',
  '2.5.4.46': 'dnQualifier',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
};

/** A distinguished name (RFC 5280 4.1.2.4). */
export class Name {
  readonly der: Bytes;
  /** Relative distinguished names in order, each with its attributes. */
  readonly rdns: readonly (readonly NameAttribute[])[];
  #canonical: readonly string[] | null = null;
  #key: string | null = null;

  private constructor(der: Bytes, rdns: readonly (readonly NameAttribute[])[]) {
    this.der = der;
    this.rdns = rdns;
  }

  /**
   * Reads the next element of `reader` as a Name.
   *
   * @throws DerError where it is none
   */
  static read(reader: DerReader, what: string): Name {
    const sequence = reader.enter(TAG.sequence, what);
    const der = reader.element();
    const rdns: (readonly NameAttribute[])[] = [];
    while (!sequence.done) {
      rdns.push(readRelativeName(sequence.enter(TAG.set, what), what));
    }
    return new Name(der, rdns);
  }

  /** Reads a Name that is all of `der`. */
  static fromDer(der: Uint8Array): Name {
    const reader = new DerReader(der);
    const name = Name.read(reader, 'Name');
    reader.finish('Name');
    return name;
  }

  get isEmpty(): boolean {
    return this.rdns.length === 0;
  }

  /** The first value of the attribute with this oid or short name. */
  first(attribute: string): string | null {
    for (const rdn of this.rdns) {
      for (const { oid: type, name, value } of rdn)
        if (type === attribute || name === attribute) return value;
    }
    return null;
  }

  /**
   * RFC 5280 7.1: values compare by their prepared text (RFC 4518), whatever string type they stand in; values that
   * are no text compare octet by octet.
   */
  equals(other: Name): boolean {
    if (equalBytes(this.der, other.der)) return true;
    return this.canonical.length === other.canonical.length && this.startsWith(other);
  }

  /** Whether `other`'s RDNs are the first ones of this name: inside the subtree that `other` names. */
  startsWith(other: Name): boolean {
    return other.canonical.every((rdn, at) => this.canonical[at] === rdn);
  }

  /** One text for all names that {@link equals} holds equal: to look names up by. */
  get key(): string {
    this.#key ??= this.canonical.join('\u0002');
    return this.#key;
  }

  /**
   * This name with one more RDN below it (a distribution point's nameRelativeToCRLIssuer).
   *
   * @param relative content octets of the RDN's SET
   * @throws DerError where they are none
   */
  below(relative: Uint8Array): Name {
    const above = new DerReader(this.der).read(TAG.sequence, 'Name').content();
    return Name.fromDer(seq(above, set(relative)));
  }

  /** As OpenSSL 3.2 prints it: `O=cluster.local, CN=Intermediate CA`; empty for the empty name. */
  toString(): string {
    return this.rdns.map((rdn) => rdn.map(({ name, value }) => `${name}=${value}`).join(' + ')).join(', ');
  }

  private get canonical(): readonly string[] {
    this.#canonical ??= this.rdns.map((rdn) =>
      rdn
        .map(
          ({ oid: type, value, isText }) =>
            `${type}${isText ? '=' : '#'}${isText ? prepareText(value) : value}`,
        )
        .sort()
        // Prepared text holds no control characters: no value can be taken for two attributes.
        .join('\u0001'),
    );
    return this.#canonical;
  }
}

/** @param relative a reader over the content of the SET */
function readRelativeName(relative: DerReader, what: string): readonly NameAttribute[] {
  const attributes: NameAttribute[] = [];
  do {
    const pair = relative.enter(TAG.sequence, what);
    const type = pair.read(TAG.oid, what).oid();
    const name = SHORT_NAMES[type] ?? type;
    pair.read(undefined, what);
    const text = TEXT_TAGS.has(pair.tag) ? pair.text() : null;
    // What is no text is written as RFC 4514 2.4 does: `#` and the element in hex.
    const value = text ?? `#${toHex(pair.element())}`;
    attributes.push({ oid: type, name, value, isText: text !== null });
    pair.finish(what);
  } while (!relative.done);
  return attributes;
}

/** Name with one RDN for each attribute, encoded as Go does: PrintableString where the value allows it. */
export function encodeName(...attributes: readonly (readonly [type: string, value: string])[]): Bytes {
  return seq(
    ...attributes.map(([type, value]) =>
      set(seq(oid(type), isPrintable(value) ? printableString(value) : utf8String(value))),
    ),
  );
}

const TEXT_TAGS: ReadonlySet<number> = new Set([
  TAG.utf8String,
  TAG.printableString,
  TAG.teletexString,
  TAG.ia5String,
  TAG.universalString,
  TAG.bmpString,
  NUMERIC_STRING,
]);
