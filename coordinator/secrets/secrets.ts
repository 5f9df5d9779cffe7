import { ParbakeError } from '../../proto/errors/errors.ts';
import { envBytes, envProblems, orderLimits } from '../../proto/recipe/order-content.ts';
import { secretsIn, wanted, withSecrets } from './references.ts';
import { isSecretAllowed, type SecretRule } from './secret-rules.ts';

/** Where secrets come from. */
export interface SecretProvider {
  /**
   * @param signal aborts when nobody waits any more
   * @throws ParbakeError SECRET_NOT_FOUND, SECRET_UNAVAILABLE
   */
  fetch(name: string, signal: AbortSignal): Promise<string>;
}

/** Bytes of a secret: the value of a variable takes no more. */
export const maxSecretBytes = 96 * 1024;

/** An order that may name secrets. */
export interface Referring {
  role: string;
  /** The principal that asked. */
  owner: string;
  env: Readonly<Record<string, string>>;
}

export interface SecretsParts {
  provider: SecretProvider;
  rules: readonly SecretRule[];
  /** Milliseconds that one fetch may take. */
  patience?: number;
  /** Milliseconds that a value is kept and serves further orders. */
  freshFor?: number;
}

/** Milliseconds: a secret that was changed reaches new orders after a minute, and a crowd of orders fetches it once. */
const defaultFreshFor = 60_000;

/** Milliseconds: longer than a secret store takes, and much shorter than a caller waits. */
const defaultPatience = 10_000;

interface Kept {
  value: Promise<string>;
  /** Present once it was fetched. */
  text?: string;
}

/**
 * Replaces `${secret:NAME}` in variables. Values are in memory only, for a short time; the store has the references (ADR 28).
 */
export class Secrets {
  readonly #provider: SecretProvider;
  readonly #rules: readonly SecretRule[];
  readonly #patience: number;
  readonly #freshFor: number;
  readonly #kept = new Map<string, Kept>();

  constructor({ provider, rules, patience = defaultPatience, freshFor = defaultFreshFor }: SecretsParts) {
    this.#provider = provider;
    this.#rules = rules;
    this.#patience = patience;
    this.#freshFor = freshFor;
  }

  /** For a coordinator that was given none: every reference is refused. */
  static none(): Secrets {
    const provider = { fetch: () => Promise.reject(new Error('no secrets')) };
    return new Secrets({ provider, rules: [] });
  }

  /**
   * @returns the variables with their secrets, at once when there are none to fetch
   * @throws ParbakeError REQUEST_INVALID, SECRET_NOT_ALLOWED, SECRET_NOT_FOUND, SECRET_UNAVAILABLE, ORDER_TOO_LARGE; also as a
   *   rejection
   */
  resolve(order: Referring): Record<string, string> | Promise<Record<string, string>> {
    const names = secretsIn(order.env);
    if (names === undefined) throw invalidReference();
    if (names.length === 0) return withSecrets(order.env, new Map());
    this.#refuse(order, names);
    const known = names.map((secret): [string, string | undefined] => {
      const text = this.#kept.get(wanted(secret).name)?.text;
      return [secret, text === undefined ? undefined : partOf(secret, text)];
    });
    if (known.every((entry): entry is [string, string] => entry[1] !== undefined))
      return checked(withSecrets(order.env, new Map(known)));
    return this.#fetchAll(order, names);
  }

  async #fetchAll({ env }: Referring, names: readonly string[]): Promise<Record<string, string>> {
    const values = names.map(async (secret): Promise<[string, string]> => {
      const text = await this.#value(wanted(secret).name);
      return [secret, partOf(secret, text)];
    });
    return checked(withSecrets(env, new Map(await Promise.all(values))));
  }

  #refuse({ role, owner }: Referring, secrets: readonly string[]): void {
    const refused = secrets
      .map((secret) => wanted(secret).name)
      .find((secret) => !isSecretAllowed(this.#rules, { secret, role, owner }));
    if (refused === undefined) return;
    throw new ParbakeError('SECRET_NOT_ALLOWED', `${owner} may not use secret ${refused} with role ${role}`, {
      metadata: { role },
    });
  }

  /** Everybody who wants it at once waits for one fetch. */
  #value(name: string): Promise<string> {
    const known = this.#kept.get(name);
    if (known !== undefined) return known.value;
    const kept: Kept = { value: this.#fetch(name) };
    this.#kept.set(name, kept);
    const forget = (): void => void this.#kept.delete(name);
    kept.value.then((text) => {
      kept.text = text;
      setTimeout(forget, this.#freshFor).unref();
    }, forget);
    return kept.value;
  }

  async #fetch(name: string): Promise<string> {
    const late = AbortSignal.timeout(this.#patience);
    const timedOut = new Promise<never>((_, reject) => {
      late.addEventListener('abort', () =>
        reject(
          new ParbakeError('SECRET_UNAVAILABLE', `secret ${name} did not come within ${this.#patience} ms`),
        ),
      );
    });
    return await Promise.race([this.#provider.fetch(name, late), timedOut]);
  }
}

/** @throws ParbakeError SECRET_UNAVAILABLE when a key is wanted and the secret has none of that name */
function partOf(secret: string, text: string): string {
  const { name, key } = wanted(secret);
  if (key === undefined) return text;
  const value = valueIn(text, key);
  if (typeof value === 'string') return value;
  // Any other number has been rounded, and a password may be made of digits.
  if (Number.isSafeInteger(value) || typeof value === 'boolean') return String(value);
  throw new ParbakeError('SECRET_UNAVAILABLE', `secret ${name} is not a JSON object with a text at ${key}`);
}

/** @returns undefined for anything but a JSON object that has the key itself */
function valueIn(text: string, key: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    const entries = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [];
    return entries.find(([name]) => name === key)?.[1];
  } catch {
    // What the parser says would show a part of the secret.
    return undefined;
  }
}

function invalidReference(): ParbakeError {
  const description =
    'has an invalid reference: write ${secret:NAME} or ${secret:NAME#KEY}, and $${secret: for the text itself';
  return new ParbakeError('REQUEST_INVALID', `env ${description}`, {
    violations: [{ field: 'env', description }],
  });
}

/** A secret may be longer than its reference. */
function checked(env: Record<string, string>): Record<string, string> {
  const [problem] = envProblems(env);
  if (problem !== undefined) throw new ParbakeError('SECRET_UNAVAILABLE', `with its secrets, env ${problem}`);
  const bytes = envBytes(env);
  if (bytes > orderLimits.envBytes)
    throw new ParbakeError(
      'ORDER_TOO_LARGE',
      `with its secrets, env has ${bytes} bytes, more than ${orderLimits.envBytes}`,
    );
  return env;
}
