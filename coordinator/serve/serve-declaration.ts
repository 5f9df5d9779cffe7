import { declare } from '../../proto/process/cli/command.ts';
import {
  choice,
  count,
  duration,
  flag,
  many,
  preset,
  setting,
  size,
  text,
} from '../../proto/process/cli/options.ts';
import { logLevels } from '../../proto/process/log.ts';
import { defaultSocket } from '../../proto/wire/default-socket.ts';
import { defaultRetentionDays, defaultUsageDays } from '../core/retention.ts';
import { oidcAlgorithms } from '../trust/oidc-map.ts';
import { defaultTrustDomain } from '../trust/principal.ts';

/** An empty store and some instances fit. */
const minBytes = 16 * 1024 ** 2;

export const serveDeclaration = declare({
  name: 'serve',
  summary: 'Serve agents, callers and operators.',
  description: [
    'Serves agents, callers and operators over gRPC until SIGTERM. Plaintext is accepted only on loopback addresses and Unix sockets, and whoever reaches one is an operator. Every client of a TLS listener needs a certificate signed by --tls-ca, whose URI says who it is (docs/tls.md).',
    'Credentials for EC2 come from where the tools of AWS look for them; they need ec2:DescribeInstances, ec2:CreateTags and ec2:DeleteTags; pools also need ec2:RunInstances, ec2:TerminateInstances and, for an instance profile, iam:PassRole (docs/pools.md).',
    'The OTEL_* variables of OpenTelemetry apply wherever the --otlp options are not given (docs/opentelemetry.md).',
  ].join('\n'),
  options: {
    listen: setting(
      many(
        text(
          'ADDRESS',
          `unix:PATH or a loopback host:port to serve operators in plaintext (default ${defaultSocket}, for this user only)`,
        ),
      ),
    ),
    tlsListen: setting(many(text('ADDRESS', 'host:port to serve agents with TLS'))),
    apiListen: setting(many(text('ADDRESS', 'host:port to serve callers and operators with TLS'))),
    attestListen: setting(
      many(text('ADDRESS', 'host:port where instances without a certificate prove who they are, with TLS')),
    ),
    ca: setting(
      text(
        'DIR',
        'use the CA in DIR for TLS and for certificates of instances; made at the first start, with certificates for the coordinator and an operator (docs/identity.md)',
      ),
    ),
    host: setting(
      many(text('HOST', 'with --ca: DNS name or IP address that agents dial (default: where it listens)')),
    ),
    issuerCert: setting(
      text(
        'FILE',
        'certificate of the CA or intermediate that signs the certificates of agents and assignments, and those above it (PEM)',
      ),
    ),
    issuerKey: setting(text('FILE', "the issuer's key (PEM)")),
    certificateTtl: setting(
      duration(
        "how long an agent's certificate is valid (default 24h); an assignment's is for an hour at most",
        {
          min: 10_000,
          max: 7 * 86_400_000,
        },
      ),
    ),
    attestPolicy: setting(text('FILE', 'which EC2 instances may join (YAML; docs/identity.md)')),
    attestNone: setting(
      flag(
        'admit instances on this machine without evidence, if --attest-listen is on loopback; for demos and tests',
      ),
    ),
    joinTokenFile: setting(
      text('FILE', 'write a join token for a first instance to FILE at each start; it is valid for an hour'),
    ),
    apiTokens: setting(
      flag('let callers on --api-listen show a token instead of a certificate (parbake token create)'),
    ),
    oidcIssuer: setting(
      text('URL', 'accept tokens of this OpenID Connect issuer where tokens are accepted (docs/tls.md)'),
    ),
    oidcAudience: setting(text('NAME', "the audience that an issuer's token must be for")),
    oidcAlgorithm: setting(
      many(choice(oidcAlgorithms, 'an algorithm that tokens may be signed with (default RS256 and ES256)')),
    ),
    oidcMap: setting(
      many(
        text(
          'CLAIM=VALUE:KIND/NAME',
          'who the holder of a token with this claim is: client, reader or operator; NAME may be {CLAIM}, and * at the end of VALUE stands for the rest; the first that fits counts, and without one nobody is let in',
        ),
      ),
    ),
    trustDomain: setting(
      preset(
        text('NAME', 'trust domain of certificates, as in spiffe://NAME/operator/alice'),
        defaultTrustDomain,
      ),
    ),
    sharedAgentCertificate: setting(
      flag(
        'let agents share one certificate, which names no instance: any of them can pass for another; temporary, until instances get certificates of their own',
      ),
    ),
    agentsBehindNat: setting(
      flag(
        'accept endpoints at any address that an agent names, not only at the one that it calls from: for agents that reach the coordinator through a NAT',
      ),
    ),
    insecureAgents: setting(
      flag(
        'let agents use plaintext listeners, where nothing proves which instance they are; for demos and tests',
      ),
    ),
    tlsCa: setting(text('FILE', "CA certificates that clients' must be signed by (PEM)")),
    tlsCert: setting(text('FILE', "the coordinator's certificate (PEM)")),
    tlsKey: setting(text('FILE', 'the key of its certificate (PEM)')),
    http: setting(
      text(
        'ADDRESS',
        'loopback host:port for the page, /metrics, /healthz and the API as JSON, in plaintext',
      ),
    ),
    httpAccess: setting(
      preset(
        choice(
          ['token', 'open'] as const,
          'who may see the page at --http: who shows a token of a reader or an operator, or every user of this machine',
        ),
        'token',
      ),
    ),
    https: setting(text('ADDRESS', 'host:port for the same with TLS; clients need a certificate')),
    allowPlaintextHttp: setting(
      flag(
        'let --http be any address; whoever reaches it can read /metrics, and who listens in can read tokens: for a container whose port is published to a trusted network only',
      ),
    ),
    otlp: setting(
      text(
        'URL',
        'OpenTelemetry collector for traces and metrics, OTLP over HTTP, such as http://127.0.0.1:4318',
      ),
    ),
    otlpHeaders: setting(text('FILE', 'headers to send along, a NAME: VALUE on each line')),
    otlpCa: setting(text('FILE', "CA certificates that the collector's must be signed by (PEM)")),
    otlpInterval: setting(
      duration('time between two exports of metrics (default 60s)', { min: 1000, max: 2_000_000_000 }),
    ),
    store: setting(
      preset(
        text(
          'PLACE',
          'where everything is kept: sqlite:PATH, or postgres://USER@HOST/DATABASE (15 or newer)',
        ),
        'sqlite:parbake.db',
      ),
    ),
    storeKey: setting(
      text(
        'FILE',
        'keys that seal what orders set, newest first; made at the first start (default: the path of a SQLite store and .key)',
      ),
    ),
    secrets: setting(
      text(
        'PLACE',
        'where ${secret:NAME} in variables of orders comes from: file:DIR, ssm:REGION/PREFIX or secretsmanager:REGION/PREFIX (docs/secrets.md)',
      ),
    ),
    secretRules: setting(text('FILE', 'which callers may name which secrets for which roles (YAML)')),
    region: setting(text('REGION', 'look instances up in EC2 and tag them with their user')),
    keepDays: setting(
      preset(
        count('days to keep reports, and instances that ended or are silent', { min: 1, max: 3650 }),
        defaultRetentionDays,
      ),
    ),
    keepUsageDays: setting(
      preset(
        count('days to keep what assignments used (parbake usage)', { min: 1, max: 3650 }),
        defaultUsageDays,
      ),
    ),
    keepBytes: setting(
      size('largest size of the store, such as 20G; the oldest data goes first (default: no limit)', {
        min: minBytes,
      }),
    ),
    zone: setting(
      many(
        text(
          'NAME',
          'names below NAME can be routes of assignments, such as preview.example.com (docs/routing.md)',
        ),
      ),
    ),
    dns: setting(
      many(text('ADDRESS', 'host:port to answer for the zones over DNS, UDP and TCP; a private address')),
    ),
    dnsPublic: setting(flag('let --dns be any address: whoever reaches it learns which names exist')),
    haproxy: setting(
      many(
        text(
          'SOCKET=MAP',
          "keep the map of a HAProxy: its stats socket, and the map's file in its configuration",
        ),
      ),
    ),
    publisher: setting(
      many(text('NAME', 'wait for a publisher of routes that reads WatchRoutes and confirms as NAME')),
    ),
    repositories: setting(
      text('FILE', 'whose branches get environments, and how GitHub is asked (YAML; docs/previews.md)'),
    ),
    webhookListen: setting(
      text(
        'ADDRESS',
        "host:port for the webhooks of GitHub; plaintext on loopback, else TLS with the coordinator's certificate",
      ),
    ),
    dev: setting(flag('answer server reflection')),
    logLevel: setting(preset(choice(logLevels, 'least severe log lines to write'), 'info')),
    config: text('FILE', 'settings file to read instead of the usual one'),
  },
  positionals: {},
  examples: ['parbake-coordinator serve --store sqlite:/var/lib/parbake/coordinator.db --dev'],
  settingsFile: {
    shown: '/etc/parbake/coordinator.conf',
    path: () => '/etc/parbake/coordinator.conf',
  },
});
