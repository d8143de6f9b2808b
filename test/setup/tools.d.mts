export function findChromium(): Promise<string | null>;
export function ensureTools(): Promise<void>;
