import type { Extension, ExtensionType } from '../extensions/extension.ts';
import { extensionCode, extensionName } from '../extensions/registry.ts';
import { Fault } from '../fault.ts';
import type { ClientHello } from '../messages/message.ts';

/** Extensions a server may send unasked. */
const UNASKED: ReadonlySet<ExtensionType> = new Set(['cookie', 'selected_version', 'selected_group']);

/**
 * A server answers only to what the client has asked (RFC 9846 section 4.2).
 *
 * @throws Fault unsupported_extension
 */
export function checkSolicited(
  where: string,
  extensions: readonly Extension[],
  sent: ClientHello,
  offeredPsk: boolean,
): void {
  const asked = new Set(sent.extensions.map(extensionCode));
  for (const extension of extensions) {
    if (UNASKED.has(extension.type)) continue;
    const code = extensionCode(extension);
    if (extension.type === 'selected_identity' ? offeredPsk : asked.has(code)) continue;
    const reason = `${where}: ${extensionName(code)} was not asked for`;
    throw new Fault('unsupported_extension', 'extension.unsolicited', reason, '4.2');
  }
}
