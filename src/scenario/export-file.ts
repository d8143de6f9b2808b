/** One file of what a run leaves behind, such as `pods/shop/order-…/cert-chain.pem`. */
export interface ExportedFile {
  /** From the top of the export, with slashes. */
  readonly path: string;
  readonly text: string;
  /** A private key: for its owner only, as ssh and openssl expect. */
  readonly secret: boolean;
}

export function exportedFile(path: string, text: string): ExportedFile {
  return { path, text, secret: path.endsWith('key.pem') };
}
