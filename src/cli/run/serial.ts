/** A serial number as istioctl prints it: lower-case hex of all 128 bits. */
export function fullSerial(hex: string): string {
  return hex.padStart(32, '0');
}
