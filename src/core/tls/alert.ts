/** AlertDescription (RFC 9846 section 6). */
export const alertCodes = {
  close_notify: 0,
  unexpected_message: 10,
  bad_record_mac: 20,
  record_overflow: 22,
  handshake_failure: 40,
  bad_certificate: 42,
  unsupported_certificate: 43,
  certificate_revoked: 44,
  certificate_expired: 45,
  certificate_unknown: 46,
  illegal_parameter: 47,
  unknown_ca: 48,
  access_denied: 49,
  decode_error: 50,
  decrypt_error: 51,
  protocol_version: 70,
  insufficient_security: 71,
  internal_error: 80,
  inappropriate_fallback: 86,
  user_canceled: 90,
  missing_extension: 109,
  unsupported_extension: 110,
  unrecognized_name: 112,
  bad_certificate_status_response: 113,
  bad_certificate_hash_value: 114,
  unknown_psk_identity: 115,
  certificate_required: 116,
  general_error: 117,
  no_application_protocol: 120,
} as const;

export type AlertDescription = keyof typeof alertCodes;

const NAMES = new Map<number, AlertDescription>(
  Object.entries(alertCodes).map(([name, code]) => [code, name as AlertDescription]),
);

/** The name of an alert's number; null where RFC 9846 knows none. */
export function alertDescription(code: number): AlertDescription | null {
  return NAMES.get(code) ?? null;
}
