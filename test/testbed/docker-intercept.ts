import { createServer, request as httpRequest } from 'node:http';
import { rmSync } from 'node:fs';

/** One call of the Engine's API. */
export interface DockerCall {
  method: 'POST' | 'DELETE';
  path: RegExp;
}

export interface Interception {
  /** For `--docker-socket`. */
  readonly socket: string;
  /**
   * Does something at the next such call: `before` the Engine gets it, which it then never does, or `after` the Engine has
   * carried it out. Either way the call is not answered.
   */
  at(when: 'before' | 'after', call: DockerCall, act: () => void): void;
  close(): void;
}

/** A socket in front of an Engine's. Everything else that is asked there goes through. */
export async function interceptDocker(engineSocket: string, socket: string): Promise<Interception> {
  let armed: { when: 'before' | 'after'; call: DockerCall; act: () => void } | undefined;
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    const hit = armed?.call.method === method && armed.call.path.test(url) ? armed : undefined;
    if (hit !== undefined) armed = undefined;
    if (hit?.when === 'before') return hit.act();
    const forwarded = httpRequest(
      { socketPath: engineSocket, method, path: url, headers, agent: false },
      (answer) => {
        if (hit !== undefined) return hit.act();
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        response.flushHeaders();
        answer.pipe(response);
      },
    );
    forwarded.on('error', () => response.destroy());
    response.on('close', () => forwarded.destroy());
    request.pipe(forwarded);
  });
  rmSync(socket, { force: true });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    at(when, call, act) {
      armed = { when, call, act };
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
