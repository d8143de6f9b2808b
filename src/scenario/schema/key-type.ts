import { keyTypes } from '../../core/pki/key-type.ts';
import { oneOf } from './parts.ts';

/** A type of key that can be made. */
export const KeyTypeSchema = oneOf('key type', keyTypes);
