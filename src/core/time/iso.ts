/** A date as Go and Kubernetes write it: `2026-03-01T09:00:00Z`, fractions of a second cut off. */
export function isoSeconds(date: Date): string {
  const iso = date.toISOString();
  return `${iso.slice(0, iso.lastIndexOf('.'))}Z`;
}
