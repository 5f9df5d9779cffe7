/** The same use cases as they are in a thread of their own: there nothing has to be waited for. */
export type Synchronous<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : never;
};
