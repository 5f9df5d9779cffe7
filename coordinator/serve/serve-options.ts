import { X509Certificate } from 'node:crypto';
import { defined } from '../../proto/errors/defined.ts';
import type { ValuesOf } from '../../proto/process/cli/command.ts';
import type { Settings } from '../../proto/process/cli/declaration.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { readRequired } from '../../proto/process/required-file.ts';
import { defaultSocket } from '../../proto/wire/default-socket.ts';
import { isLoopback, refusePlaintext } from '../../proto/wire/address.ts';
import {
  anonymousListenerCredentials,
  listenerCredentials,
  optionalClientCredentials,
  type TlsFiles,
} from '../../proto/wire/channel.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { readTls } from '../../proto/wire/tls-files.ts';
import type { Door } from '../core/permissions.ts';
import { retentionOf } from '../core/retention.ts';
import { otlpTargets } from '../telemetry/otlp/otlp-options.ts';
import type { serveDeclaration } from './serve-declaration.ts';
import { readIssuerOptions } from './issuer-options.ts';
import { readOidc } from './oidc-options.ts';
import { isWebhookTls, readPreviewOptions } from './preview-options.ts';
import { readRouteOptions } from './route-options.ts';
import { readSecrets } from './secrets.ts';
import { storeOf } from './store-options.ts';
import { agentLifetimeOf, namesOf, readTrustOptions, tlsPathsOf, withoutUnusedCa } from './trust-options.ts';
import type { Listener } from './server.ts';

/** Where the page is served. */
export interface WebListener {
  address: string;
  tls: TlsFiles | undefined;
  /** Plaintext on any address, as the operator asked for. */
  isPlaintextAllowed: boolean;
  /** Whether the page is for everybody who reaches the address; without TLS only. */
  isOpen: boolean;
}

/** Checks everything before anything listens. @throws ParbakeError USAGE, FILE_UNREADABLE, TLS_INVALID, INSECURE_ADDRESS */
export async function readServeOptions(
  given: ValuesOf<typeof serveDeclaration>,
  settings: Settings,
  env: CommandContext['env'],
) {
  const { tlsListen, apiListen, attestListen } = given;
  const isTls =
    tlsListen.length + apiListen.length + attestListen.length > 0 ||
    given.https !== undefined ||
    isWebhookTls(given);
  const values = withoutUnusedCa(given, settings, isTls);
  const { ca, certificate, key } = await tlsPathsOf(values);
  if (isTls && (ca === undefined || certificate === undefined || key === undefined))
    throw new ParbakeError(
      'INSECURE_ADDRESS',
      '--tls-listen, --api-listen, --attest-listen, --https and a --webhook-listen that is not on loopback need --ca, or --tls-ca, --tls-cert and --tls-key',
    );
  if (!isTls && (ca ?? certificate ?? key) !== undefined)
    throw new ParbakeError(
      'USAGE',
      '--ca, --tls-ca, --tls-cert and --tls-key are for --tls-listen, --api-listen, --attest-listen and --https: give one',
    );
  const isPlaintextAllowed = values.allowPlaintextHttp;
  if (values.http !== undefined && !isPlaintextAllowed) refusePlaintext(values.http, isLoopback);
  const tls = isTls ? await readTls({ ca, certificate, key }) : undefined;
  const local: Door = values.insecureAgents ? 'local-insecure' : 'local';
  const listener = (door: Door, given: TlsFiles | undefined) => (address: string) => ({
    address,
    door,
    credentials: listenerCredentials(address, given),
  });
  const listeners: Listener[] = [
    ...(values.listen.length > 0
      ? values.listen.map(listener(local, undefined))
      : [{ ...listener(local, undefined)(defaultSocket), isPrivate: true }]),
    ...tlsListen.map(listener('agents', tls)),
    ...apiListen.map(apiListener(tls, values.apiTokens)),
    ...attestListen.map((address) => attestListener(address, tls)),
  ];
  const store = storeOf(values.store, values.storeKey);
  const pages: WebListener[] = [
    { address: values.http, tls: undefined, isPlaintextAllowed, isOpen: values.httpAccess === 'open' },
    { address: values.https, tls, isPlaintextAllowed: false, isOpen: false },
  ].flatMap(({ address, ...page }) => (address === undefined ? [] : [{ address, ...page }]));
  const otlp = await otlpTargets(
    {
      endpoint: values.otlp,
      headersFile: values.otlpHeaders,
      caFile: values.otlpCa,
      intervalMs: values.otlpInterval,
    },
    env,
    readRequired,
  );
  const issuing = await readIssuerOptions(values, tls?.ca);
  const routes = readRouteOptions(
    values,
    tls === undefined ? [] : namesOf(new X509Certificate(tls.certificate)),
  );
  return {
    listeners,
    issuing: issuing === undefined ? undefined : { ...issuing, agentLifetime: agentLifetimeOf(values) },
    trust: await readTrustOptions(values, issuing?.issuer),
    oidc: await readOidc(values),
    trustDomain: values.trustDomain,
    isSharedAllowed: values.sharedAgentCertificate,
    areAgentsBehindNat: values.agentsBehindNat,
    pages,
    otlp,
    store,
    secrets: await readSecrets(values),
    region: values.region,
    routes,
    previews: await readPreviewOptions(values, { zones: routes.zones, tls, env }),
    keep: {
      retention: retentionOf(values.keepDays, values.keepUsageDays),
      ...defined({ keepBytes: values.keepBytes }),
    },
    reflection: values.dev,
    logLevel: values.logLevel,
  };
}

/** TLS for those who have no certificate yet. */
function attestListener(address: string, tls: TlsFiles | undefined): Listener {
  if (tls === undefined) throw new ParbakeError('INSECURE_ADDRESS', `${address} needs TLS`);
  return { address, door: 'attest', credentials: anonymousListenerCredentials(tls) };
}

/** Where there are tokens, a client without a certificate, or with another CA's, is let in to show one. */
function apiListener(tls: TlsFiles | undefined, takesTokens: boolean): (address: string) => Listener {
  return (address) => ({
    address,
    door: 'api',
    credentials:
      takesTokens && tls !== undefined ? optionalClientCredentials(tls) : listenerCredentials(address, tls),
  });
}
