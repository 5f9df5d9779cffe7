/** What an operator wants to be built. */
export interface WantedImage {
  /** Tells a retry from another build. */
  buildId: string;
  /** Whose launch settings builder and clones get. */
  pool: string;
  /** The name that pools follow; empty for the one that the pool follows. */
  channel: string;
  baseImageId: string;
  recipe: string;
  /** Empty: references are resolved anew. */
  lock: string;
  variables: Readonly<Record<string, string>>;
  /** Milliseconds from the launch of the builder to its power-off. */
  bakeTimeout: number;
  /** Pools follow it as soon as it is AVAILABLE. */
  isPromoted: boolean;
}
