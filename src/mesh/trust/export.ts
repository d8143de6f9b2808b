import { exportPrivateKey, privateKeyPem } from '../../core/pki/index.ts';
import type { World } from '../world.ts';
import { pemOf } from './control-plane.ts';

/** A directory that a cluster takes as its secret `cacerts`. */
export interface CacertsFiles {
  readonly cluster: string;
  /** The CA whose key is in it. */
  readonly authority: string;
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** What turns the directory into the secret. */
  readonly command: string;
}

/**
 * The plugged-in CA of every cluster as files (istio.io, plugin-ca-cert). A root that istiod made for itself is written
 * alike: it can be plugged into another cluster. `cert-chain.pem` holds the signing certificate and what leads to the
 * root; `openssl verify` takes it as -untrusted.
 */
export function exportCacerts(world: World): Promise<CacertsFiles[]> {
  return Promise.all(
    world.controlPlanes.map(async ({ cluster, secret }) => {
      const { signer, chain, roots, crls, authority } = secret;
      const key = privateKeyPem(await exportPrivateKey(world.provider, signer.keyPair), 'traditional');
      const files = [
        { name: 'ca-cert.pem', text: signer.certificate.pem() },
        { name: 'ca-key.pem', text: key },
        { name: 'root-cert.pem', text: pemOf(roots) },
        { name: 'cert-chain.pem', text: pemOf(chain.length === 0 ? [signer] : chain) },
        ...(crls.length === 0
          ? []
          : [{ name: 'ca-crl.pem', text: crls.map(({ list }) => list.pem()).join('') }]),
      ];
      const parts = files.map(({ name }) => `--from-file=${name}`).join(' ');
      return {
        cluster,
        authority,
        files,
        command: `kubectl create secret generic cacerts -n istio-system ${parts}`,
      };
    }),
  );
}
