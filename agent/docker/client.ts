import Docker from 'dockerode';

/** dockerode under another name: this directory is the only place that knows the library. */
export type DockerClient = Docker;

/** A client of the Engine behind a Unix socket. Nothing is sent until it is used. */
export function connect(socketPath: string): DockerClient {
  return new Docker({ socketPath });
}
