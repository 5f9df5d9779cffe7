import Docker from 'dockerode';

/** dockerode under another name: this directory is the only place that knows the library. */
export type DockerClient = Docker;

/** A client of the Engine behind a Unix socket. Nothing is sent until it is used. */
export function connect(socketPath: string): DockerClient {
  // The library fills what is absent from DOCKER_HOST and DOCKER_CERT_PATH, and would then talk to another Engine.
  return new Docker({ socketPath, host: '', protocol: 'http' });
}
