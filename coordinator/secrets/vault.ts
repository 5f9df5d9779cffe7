import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { ParbakeError } from '../../proto/errors/errors.ts';
import type { SealedRow } from '../store/sealed.ts';
import { ephemeralKeys, type StoreKey, type StoreKeys } from './store-keys.ts';

/** What an order sets. */
export interface OrderContent {
  env: Record<string, string>;
  /** In base64. */
  files: Record<string, string>;
}

/** What tells two requests apart, or two orders. */
export interface ContentHashes {
  fingerprint: string;
  contentHash: string;
}

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
const encodings = { env: 'utf8', files: 'base64' } as const;

/**
 * Seals what orders set before the store gets it, and opens it when an instance gets its order. Every value is sealed for
 * itself, bound to its assignment and its name, so that none can be moved to another (ADR 25).
 */
export class Vault {
  readonly #keys: StoreKeys;

  constructor(keys: StoreKeys) {
    this.#keys = keys;
  }

  /** For a store that ends with its process. */
  static ephemeral(): Vault {
    return new Vault(ephemeralKeys());
  }

  /** The id of the key that seals. */
  get newestKey(): string {
    return this.#keys[0].id;
  }

  seal(assignmentId: string, { env, files }: OrderContent): OrderContent {
    const key = keyOf(this.#keys[0], assignmentId);
    const seal = (kind: keyof OrderContent, values: Record<string, string>): Record<string, string> =>
      mapped(values, (name, value) => {
        const nonce = randomBytes(nonceBytes);
        const sealing = createCipheriv(cipher, key, nonce);
        sealing.setAAD(placeOf(assignmentId, kind, name));
        const text = [sealing.update(Buffer.from(value, encodings[kind])), sealing.final()];
        const sealed = Buffer.concat([nonce, ...text, sealing.getAuthTag()]);
        return `${this.newestKey}.${sealed.toString('base64url')}`;
      });
    return { env: seal('env', env), files: seal('files', files) };
  }

  /** @throws ParbakeError STORE_KEY_INVALID when a key is missing, or a value was changed or moved */
  open(assignmentId: string, { env, files }: OrderContent): OrderContent {
    const open = (kind: keyof OrderContent, values: Record<string, string>): Record<string, string> =>
      mapped(values, (name, value) => this.#opened(assignmentId, kind, name, value));
    return { env: open('env', env), files: open('files', files) };
  }

  /** With the newest key first: what is stored may have been hashed with an older one. */
  hashes({ fingerprint, contentHash }: ContentHashes): [ContentHashes, ...ContentHashes[]] {
    const [newest, ...older] = this.#keys;
    const withKey = (key: StoreKey): ContentHashes => ({
      fingerprint: keyed(key, fingerprint),
      contentHash: keyed(key, contentHash),
    });
    return [withKey(newest), ...older.map(withKey)];
  }

  /** The same row sealed with the newest key. A row of a former version has its values in plain text. */
  reseal({ sealedBy, env, files, ...row }: SealedRow): SealedRow {
    const isPlain = sealedBy === '';
    const content = isPlain ? { env, files } : this.open(row.assignmentId, { env, files });
    const hashes = isPlain ? this.hashes(row)[0] : {};
    return { ...row, ...hashes, ...this.seal(row.assignmentId, content), sealedBy: this.newestKey };
  }

  #opened(assignmentId: string, kind: keyof OrderContent, name: string, value: string): string {
    const [id = '', text = ''] = value.split('.');
    const key = this.#keys.find((one) => one.id === id);
    const what = `${kind}.${name} of assignment ${assignmentId}`;
    if (key === undefined)
      throw new ParbakeError('STORE_KEY_INVALID', `${what} is sealed with a key that is missing`);
    const sealed = Buffer.from(text, 'base64url');
    try {
      const opening = createDecipheriv(cipher, keyOf(key, assignmentId), sealed.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      opening.setAAD(placeOf(assignmentId, kind, name));
      opening.setAuthTag(sealed.subarray(-tagBytes));
      const opened = [opening.update(sealed.subarray(nonceBytes, -tagBytes)), opening.final()];
      return Buffer.concat(opened).toString(encodings[kind]);
    } catch (cause) {
      throw new ParbakeError('STORE_KEY_INVALID', `${what} was changed in the store`, { cause });
    }
  }
}

/** Each assignment has a key of its own: nonces are random, and one key must not have too many of them. */
function keyOf({ encryption }: StoreKey, assignmentId: string): Buffer {
  return createHmac('sha256', encryption).update(assignmentId).digest();
}

function placeOf(assignmentId: string, kind: string, name: string): Buffer {
  return Buffer.from(JSON.stringify([assignmentId, kind, name]));
}

/** Who has the store alone cannot try guesses. */
function keyed({ id, hashing }: StoreKey, hash: string): string {
  return `${id}.${createHmac('sha256', hashing).update(hash).digest('hex')}`;
}

function mapped(
  values: Record<string, string>,
  change: (name: string, value: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(name, value)]));
}
