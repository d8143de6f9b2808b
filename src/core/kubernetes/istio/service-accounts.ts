/**
 * Why a value of `serviceAccounts` is refused, in istiod's words; null if it is not (istio:
 * pkg/config/security/security.go).
 *
 * @param value - `SA` or `NAMESPACE/SA`
 * @param field - the field's name as istiod prints it, `ServiceAccounts`
 */
export function serviceAccountProblem(value: string, field: string): string | null {
  if (value.includes('*')) return `wildcard not allowed, found in ${field}`;
  if (value.length > 320) return `value too long, found in ${field}: at most 320 characters`;
  const parts = value.split('/');
  const wellFormed = parts.length <= 2 && parts.every((part) => part !== '');
  return wellFormed
    ? null
    : `expected format 'serviceAccount' or 'namespace/serviceAccount', found "${value}" in ${field}`;
}
