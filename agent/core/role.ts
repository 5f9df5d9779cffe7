/** How far a container is brought before anybody asks for it, least first. */
export const prepareLevels = ['none', 'create', 'start', 'pause', 'gate'] as const;
export type PrepareLevel = (typeof prepareLevels)[number];

/** When a container counts as ready. `timeoutMs` covers the wait from its start. */
export type Readiness =
  | { kind: 'http'; port: number; path: string; timeoutMs: number }
  | { kind: 'tcp'; port: number; timeoutMs: number }
  | { kind: 'log'; pattern: string; timeoutMs: number }
  /** Ready as soon as it is started. */
  | { kind: 'started' };

/** One container of a role, as the recipe has it with defaults filled in. */
export interface ContainerSpec {
  name: string;
  /** The reference under which the image is tagged on the instance. */
  image: string;
  prepare: PrepareLevel;
  /** TCP ports, published under the same number on the instance. */
  ports: number[];
  ready: Readiness;
  /** Environment variables that an assignment may set. */
  userEnv: string[];
  /** Where assigned files appear in the container; absent when the role takes none. */
  files?: string;
}

/** What an instance can become. */
export interface Role {
  name: string;
  containers: ContainerSpec[];
}
