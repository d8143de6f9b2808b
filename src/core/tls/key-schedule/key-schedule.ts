import type { Bytes } from '../../bytes/index.ts';
import { type CryptoProvider, digest } from '../../crypto/index.ts';
import type { SecretEvent, SecretName } from '../event.ts';
import type { CipherSuiteParameters } from '../names.ts';
import { hkdfExtract, type HkdfSecret, type SuiteHash } from './hkdf.ts';
import { TrafficSecret } from './traffic-secret.ts';

export interface SecretListener {
  readonly clientRandom: Bytes;
  readonly emit: (event: SecretEvent) => void;
}

/** A derived secret as it is announced. */
interface Derivation {
  readonly name: SecretName;
  readonly label: string | null;
  readonly context: Bytes | null;
  readonly contextOf: string | null;
  readonly from: SecretEvent['derivedFrom'];
  readonly keyLogLabel?: string;
}

interface Beginning {
  readonly emptyHash: Bytes;
  readonly early: HkdfSecret;
  readonly derived: HkdfSecret;
}

/** What every handshake without a PSK begins with is the same for a hash: worked out once for a provider. */
const beginnings = new WeakMap<CryptoProvider, Map<SuiteHash, Promise<Beginning>>>();

/**
 * The key schedule of one connection (RFC 9846 section 7.1): each step announces the secrets that exist from then on.
 */
export class KeySchedule {
  readonly suite: CipherSuiteParameters;
  readonly #provider: CryptoProvider;
  readonly #listener: SecretListener;
  #early: HkdfSecret | null = null;
  #derived: HkdfSecret | null = null;
  #main: HkdfSecret | null = null;
  #exporter: HkdfSecret | null = null;

  constructor(provider: CryptoProvider, suite: CipherSuiteParameters, listener: SecretListener) {
    this.#provider = provider;
    this.suite = suite;
    this.#listener = listener;
  }

  /** Early Secret, of a PSK or of zeros. */
  async extractEarly(psk: Uint8Array | null): Promise<void> {
    const { early, derived } = await (psk === null ? this.#plainBeginning() : this.#begin(psk));
    this.#early = early;
    this.#derived = derived;
    const from = psk === null ? ['zero' as const] : ['psk' as const];
    this.#announce({ name: 'early_secret', label: null, context: null, contextOf: null, from }, early.bytes);
    const context = await this.emptyHash();
    const derivation = { label: 'derived', context, contextOf: '(empty)', from: ['early_secret'] as const };
    this.#announce({ name: 'early_derived_secret', ...derivation }, derived.bytes);
  }

  /** The secret a binder is made with; `res binder`, for the PSK came from a ticket. */
  async binderSecret(): Promise<HkdfSecret> {
    const context = await this.emptyHash();
    return this.#derive(this.#early!, {
      name: 'binder_key',
      label: 'res binder',
      context,
      contextOf: '(empty)',
      from: ['early_secret'],
    });
  }

  /** @param helloHash hash of the ClientHello */
  async clientEarlyTraffic(helloHash: Bytes): Promise<TrafficSecret> {
    const covered = { context: helloHash, contextOf: 'ClientHello', from: ['early_secret'] as const };
    const [traffic] = await Promise.all([
      this.#derive(this.#early!, {
        name: 'client_early_traffic_secret',
        label: 'c e traffic',
        ...covered,
        keyLogLabel: 'CLIENT_EARLY_TRAFFIC_SECRET',
      }),
      this.#derive(this.#early!, {
        name: 'early_exporter_secret',
        label: 'e exp master',
        ...covered,
        keyLogLabel: 'EARLY_EXPORTER_SECRET',
      }),
    ]);
    return new TrafficSecret(this.suite, traffic, 'client_early_traffic_secret', 0);
  }

  /**
   * Handshake Secret and the traffic secrets from it.
   *
   * @param shared the result of the (EC)DHE
   * @param helloHash hash of ClientHello…ServerHello
   */
  async handshake(
    shared: Uint8Array<ArrayBuffer>,
    helloHash: Bytes,
  ): Promise<{ readonly client: TrafficSecret; readonly server: TrafficSecret }> {
    const none = { label: null, context: null, contextOf: null };
    this.#announce({ name: 'ecdhe_shared_secret', ...none, from: [] }, shared);
    const secret = await hkdfExtract(this.#provider, this.suite.hash, this.#derived!.bytes, shared);
    const from = ['early_derived_secret', 'ecdhe_shared_secret'] as const;
    this.#announce({ name: 'handshake_secret', ...none, from }, secret.bytes);
    const covered = {
      context: helloHash,
      contextOf: 'ClientHello…ServerHello',
      from: ['handshake_secret'] as const,
    };
    const [client, server] = await Promise.all([
      this.#derive(secret, {
        name: 'client_handshake_traffic_secret',
        label: 'c hs traffic',
        ...covered,
        keyLogLabel: 'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
      }),
      this.#derive(secret, {
        name: 'server_handshake_traffic_secret',
        label: 's hs traffic',
        ...covered,
        keyLogLabel: 'SERVER_HANDSHAKE_TRAFFIC_SECRET',
      }),
      this.#extractMain(secret),
    ]);
    return {
      client: new TrafficSecret(this.suite, client, 'client_handshake_traffic_secret', 0),
      server: new TrafficSecret(this.suite, server, 'server_handshake_traffic_secret', 0),
    };
  }

  /** @param finishedHash hash of ClientHello…server Finished */
  async application(
    finishedHash: Bytes,
  ): Promise<{ readonly client: TrafficSecret; readonly server: TrafficSecret }> {
    const covered = {
      context: finishedHash,
      contextOf: 'ClientHello…server Finished',
      from: ['main_secret'] as const,
    };
    const [client, server, exporter] = await Promise.all([
      this.#derive(this.#main!, {
        name: 'client_application_traffic_secret',
        label: 'c ap traffic',
        ...covered,
        keyLogLabel: 'CLIENT_TRAFFIC_SECRET_0',
      }),
      this.#derive(this.#main!, {
        name: 'server_application_traffic_secret',
        label: 's ap traffic',
        ...covered,
        keyLogLabel: 'SERVER_TRAFFIC_SECRET_0',
      }),
      this.#derive(this.#main!, {
        name: 'exporter_secret',
        label: 'exp master',
        ...covered,
        keyLogLabel: 'EXPORTER_SECRET',
      }),
    ]);
    this.#exporter = exporter;
    return {
      client: new TrafficSecret(this.suite, client, 'client_application_traffic_secret', 0),
      server: new TrafficSecret(this.suite, server, 'server_application_traffic_secret', 0),
    };
  }

  /**
   * The last secret of the schedule; what it was made of is forgotten then.
   *
   * @param finishedHash hash of ClientHello…client Finished
   */
  async resumption(finishedHash: Bytes): Promise<HkdfSecret> {
    const secret = await this.#derive(this.#main!, {
      name: 'resumption_secret',
      label: 'res master',
      context: finishedHash,
      contextOf: 'ClientHello…client Finished',
      from: ['main_secret'],
    });
    this.#early = null;
    this.#derived = null;
    this.#main = null;
    return secret;
  }

  /** The PSK of a ticket (RFC 9846 section 4.6.1). */
  async resumptionPsk(secret: HkdfSecret, nonce: Bytes): Promise<Bytes> {
    const psk = await secret.expandLabel('resumption', nonce, this.suite.hashLength);
    const derivation = { label: 'resumption', context: nonce, contextOf: 'ticket_nonce' };
    this.#announce({ name: 'resumption_psk', ...derivation, from: ['resumption_secret'] }, psk);
    return psk;
  }

  /** The next generation of an application traffic secret (RFC 9846 section 7.2). */
  async update(current: TrafficSecret): Promise<TrafficSecret> {
    const next = await current.next();
    this.#announce(
      {
        name: current.name,
        label: 'traffic upd',
        context: new Uint8Array(0),
        contextOf: '(empty)',
        from: [current.name],
      },
      next.secret.bytes,
      next.generation,
    );
    return next;
  }

  /** RFC 9846 section 7.5; the secret must exist, see {@link application}. */
  async export(label: string, context: Uint8Array, length: number): Promise<Bytes> {
    const secret = await this.#exporter!.derive(label, await this.emptyHash());
    const contextHash = await digest(this.#provider, this.suite.hash, context);
    return secret.expandLabel('exporter', contextHash, length);
  }

  /** What a finished_key is, announced; made only for those who watch, see {@link TrafficSecret.verifyData}. */
  announceFinishedKey(name: SecretName, from: SecretName, value: Bytes): void {
    this.#announce(
      { name, label: 'finished', context: new Uint8Array(0), contextOf: '(empty)', from: [from] },
      value,
    );
  }

  async emptyHash(): Promise<Bytes> {
    return (await this.#plainBeginning()).emptyHash;
  }

  async #extractMain(handshakeSecret: HkdfSecret): Promise<void> {
    const context = await this.emptyHash();
    const derived = await handshakeSecret.derive('derived', context);
    const derivation = { label: 'derived', context, contextOf: '(empty)' };
    this.#announce(
      { name: 'handshake_derived_secret', ...derivation, from: ['handshake_secret'] },
      derived.bytes,
    );
    const zeros = new Uint8Array(this.suite.hashLength);
    this.#main = await hkdfExtract(this.#provider, this.suite.hash, derived.bytes, zeros);
    const from = ['handshake_derived_secret', 'zero'] as const;
    this.#announce(
      { name: 'main_secret', label: null, context: null, contextOf: null, from },
      this.#main.bytes,
    );
  }

  #plainBeginning(): Promise<Beginning> {
    let ofProvider = beginnings.get(this.#provider);
    if (ofProvider === undefined)
      beginnings.set(this.#provider, (ofProvider = new Map<SuiteHash, Promise<Beginning>>()));
    let beginning = ofProvider.get(this.suite.hash);
    if (beginning === undefined) {
      beginning = this.#begin(new Uint8Array(this.suite.hashLength));
      ofProvider.set(this.suite.hash, beginning);
    }
    return beginning;
  }

  async #begin(psk: Uint8Array): Promise<Beginning> {
    const salt = new Uint8Array(this.suite.hashLength);
    const [early, emptyHash] = await Promise.all([
      hkdfExtract(this.#provider, this.suite.hash, salt, psk),
      digest(this.#provider, this.suite.hash, new Uint8Array(0)),
    ]);
    return { emptyHash, early, derived: await early.derive('derived', emptyHash) };
  }

  async #derive(from: HkdfSecret, derivation: Derivation): Promise<HkdfSecret> {
    const secret = await from.derive(derivation.label!, derivation.context!);
    this.#announce(derivation, secret.bytes);
    return secret;
  }

  #announce(derivation: Derivation, value: Bytes, generation = 0): void {
    const { name, label, context, contextOf, from, keyLogLabel = null } = derivation;
    this.#listener.emit({
      kind: 'secret',
      name,
      label,
      context,
      contextOf,
      value,
      derivedFrom: from,
      generation,
      keyLogLabel,
      clientRandom: this.#listener.clientRandom,
    });
  }
}
