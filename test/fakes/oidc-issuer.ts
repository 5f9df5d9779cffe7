import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';

/** An OpenID Connect issuer, with keys and documents as a real one has them. */
export interface OidcIssuer {
  url: string;
  /** How often its keys were asked for. */
  readonly asked: number;
  /** Whether it answers. */
  isUp: boolean;
  /** Takes another key, as an issuer does from time to time. */
  rotate(): Promise<void>;
  sign(claims: JWTPayload, options?: SignOptions): Promise<string>;
  close(): Promise<void>;
}

export interface SignOptions {
  audience?: string;
  issuer?: string;
  /** As jose takes it, such as `5m` or `-5m`. */
  expires?: string;
  /** Another issuer signs it, with a key of the same name. */
  isForged?: boolean;
}

export async function startOidcIssuer(): Promise<OidcIssuer> {
  const pair = () => generateKeyPair('ES256');
  const [first, forger] = [await pair(), await pair()];
  const keys = [{ kid: 'key-1', ...first }];
  let asked = 0;
  const server = createServer(({ url: path }, response) => {
    const answer = (document: object): void => void response.end(JSON.stringify(document));
    if (!issuer.isUp) response.writeHead(503).end();
    else if (path === '/.well-known/openid-configuration')
      answer({ issuer: issuer.url, jwks_uri: `${issuer.url}/keys` });
    else {
      asked += 1;
      void Promise.all(
        keys.map(async ({ kid, publicKey }) => ({ kid, use: 'sig', ...(await exportJWK(publicKey)) })),
      ).then((found) => answer({ keys: found }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer: OidcIssuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get asked() {
      return asked;
    },
    isUp: true,
    rotate: async () => void keys.push({ kid: `key-${keys.length + 1}`, ...(await pair()) }),
    async sign(claims, { audience = 'parbake', issuer: from = issuer.url, expires = '5m', isForged } = {}) {
      const { kid = '', privateKey } = keys.at(-1) ?? {};
      return await new SignJWT({ sub: 'someone', ...claims })
        .setProtectedHeader({ alg: 'ES256', kid })
        .setIssuedAt()
        .setIssuer(from)
        .setAudience(audience)
        .setExpirationTime(expires)
        .sign(isForged === true ? forger.privateKey : (privateKey ?? forger.privateKey));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return issuer;
}
