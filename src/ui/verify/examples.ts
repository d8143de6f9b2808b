import { type CryptoProvider, randomBytes } from '../../core/crypto/index.ts';
import {
  createCrl,
  createIntermediateCa,
  createSelfSignedRoot,
  generateKeyPair,
  type CaOptions,
  issueWorkloadCertificate,
  type SigningCa,
} from '../../core/pki/index.ts';
import { type Settings, standardSettings } from './settings.ts';

export const examples = ['sound', 'expired', 'constrained', 'detour', 'revoked'] as const;
export type Example = (typeof examples)[number];

/** What the fields of the page are filled with. */
export interface Filled {
  readonly chain: string;
  readonly roots: string;
  readonly settings: Settings;
}

const dayMs = 86_400_000;
const order = 'spiffe://cluster.local/ns/shop/sa/order';

/** Makes an example with new keys, around the moment `now`. */
export function makeExample(provider: CryptoProvider, example: Example, now: Date): Promise<Filled> {
  // The certificates tell time in seconds.
  const workshop = new Workshop(provider, Math.floor(now.getTime() / 1000) * 1000);
  return MAKERS[example](workshop);
}

const MAKERS: Readonly<Record<Example, (workshop: Workshop) => Promise<Filled>>> = {
  sound: async (workshop) => {
    const root = await workshop.root();
    const istiod = await workshop.istiod(root);
    return filled(root, [await workshop.leaf(istiod, order), istiod.certificate.pem()], {});
  },

  /** istiod has its renewed certificate, and the workload still sends the one before. */
  expired: async (workshop) => {
    const root = await workshop.root();
    const before = await workshop.istiod(root, { now: workshop.days(-31), ttlMs: 30 * dayMs });
    const renewed = await workshop.istiod(root, { keyPair: before.keyPair });
    return filled(root, [await workshop.leaf(renewed, order), before.certificate.pem()], {});
  },

  constrained: async (workshop) => {
    const root = await workshop.root('Hanok Corp Root CA');
    const dev = await workshop.istiod(root, { subject: named('dev'), permittedUriHosts: ['dev.hanok'] });
    const forged = 'spiffe://prod.hanok/ns/shop/sa/payment';
    const name = 'spiffe://prod.hanok/ns/shop/sa/payment';
    return filled(root, [await workshop.leaf(dev, forged), dev.certificate.pem()], { name });
  },

  /** One key, certified twice: the first way up is closed, the second leads to the root. */
  detour: async (workshop) => {
    const root = await workshop.root();
    const open = await workshop.istiod(root, { ttlMs: 90 * dayMs });
    const { keyPair } = open;
    const narrow = await workshop.istiod(root, { keyPair, permittedUriHosts: ['dev.hanok'] });
    const chain = [await workshop.leaf(open, order), narrow.certificate.pem(), open.certificate.pem()];
    return filled(root, chain, {});
  },

  revoked: async (workshop) => {
    const root = await workshop.root();
    const istiod = await workshop.istiod(root);
    return filled(root, [...(await workshop.revokedLeaf(istiod, order)), istiod.certificate.pem()], {
      revocation: 'soft',
    });
  },
};

function filled(root: SigningCa, chain: readonly string[], settings: Partial<Settings>): Filled {
  const roots = root.certificate.pem();
  const rules: Settings = { ...standardSettings, profile: 'spiffe', purpose: 'client', name: order };
  return { chain: chain.join(''), roots, settings: { ...rules, ...settings } };
}

const named = (what: string) => [['O', 'Hanok Corp'] as const, ['CN', `istiod ${what}`] as const];

/** Makes the parts of examples. */
class Workshop {
  readonly #provider: CryptoProvider;
  readonly #nowMs: number;

  constructor(provider: CryptoProvider, nowMs: number) {
    this.#provider = provider;
    this.#nowMs = nowMs;
  }

  days(count: number): Date {
    return new Date(this.#nowMs + count * dayMs);
  }

  root(organization = 'Hanok Corp'): Promise<SigningCa> {
    const [now, ttlMs, serial] = [this.days(-400), 3650 * dayMs, this.serial()];
    return createSelfSignedRoot(this.#provider, {
      organization,
      keyType: 'ecdsa-p256',
      now,
      ttlMs,
      serial,
    });
  }

  istiod(root: SigningCa, options: Partial<CaOptions> = {}): Promise<SigningCa> {
    return createIntermediateCa(this.#provider, root, {
      subject: named('seoul'),
      keyType: 'ecdsa-p256',
      now: this.days(-1),
      ttlMs: 365 * dayMs,
      serial: this.serial(),
      ...options,
    });
  }

  /** PEM. */
  async leaf(ca: SigningCa, spiffeId: string): Promise<string> {
    return (await this.issue(ca, spiffeId)).pem();
  }

  /** The leaf, and the list that names it. */
  async revokedLeaf(ca: SigningCa, spiffeId: string): Promise<readonly string[]> {
    const leaf = await this.issue(ca, spiffeId);
    const crl = await createCrl(this.#provider, ca, {
      thisUpdate: new Date(this.#nowMs - 3_600_000),
      nextUpdate: this.days(1),
      crlNumber: 7,
      revoked: [
        {
          serialNumber: leaf.serialNumber,
          revokedAt: new Date(this.#nowMs - 7_200_000),
          reason: 'keyCompromise',
        },
      ],
    });
    return [leaf.pem(), crl.pem()];
  }

  private async issue(ca: SigningCa, spiffeId: string) {
    const { spki } = await generateKeyPair(this.#provider, 'ecdsa-p256');
    const [now, ttlMs, serial] = [new Date(this.#nowMs - 3_600_000), dayMs, this.serial()];
    return issueWorkloadCertificate(this.#provider, ca, { spki, spiffeId, now, ttlMs, serial });
  }

  private serial(): Uint8Array {
    return randomBytes(this.#provider, 16);
  }
}
