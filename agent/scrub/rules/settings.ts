import { parse, stringify } from 'yaml';
import { secretKind } from '../../core/secret-patterns.ts';

/** A file that has settings and secrets in one. Only what is known to be a setting stays. */
export interface Settings {
  /** What a person reads about it. */
  keeps: string;
  /**
   * @returns what may stay: the same text when nothing has to go, undefined when nothing may stay
   */
  of(text: string): string | undefined;
}

type Members = Record<string, unknown>;

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const hasLogin = (text: string): boolean => /:\/\/[^/?#]*@/.test(text);

/** Keeps members of an object that a function has something to keep of. */
function pick(members: Members, keep: (name: string, value: unknown) => unknown): Members {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => {
      const kept = keep(name, value);
      return kept === undefined ? [] : [[name, kept]];
    }),
  );
}

function unlessEmpty(members: Members): Members | undefined {
  return Object.keys(members).length === 0 ? undefined : members;
}

/** Settings in JSON. A member that the text has twice is not compared, so such a text is written again. */
function json(keeps: string, keep: (name: string, value: unknown) => unknown): Settings {
  const of = (text: string): string | undefined => {
    const members = parsed(() => JSON.parse(text) as unknown);
    if (members === undefined) return undefined;
    const isWhole = (written: string): boolean => withoutBlanks(written) === withoutBlanks(text);
    const kept = JSON.stringify(pick(members, keep), null, '\t');
    if (isWhole(kept)) return text;
    return kept === '{}' ? undefined : `${kept}\n`;
  };
  return { keeps, of: unlessSecret(of) };
}

function parsed(read: () => unknown): Members | undefined {
  try {
    const value = read();
    return isMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const withoutBlanks = (text: string): string => text.replace(/\s/g, '');

/** Settings on lines of their own. A section goes with its last setting, and a comment that may be one. */
function lines(keeps: string, setting: RegExp): Settings {
  const of = (text: string): string | undefined => {
    const kept: string[] = [];
    let section: string[] = [];
    let count = 0;
    for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
      const plain = line.trim();
      if (/^\[[^\]]+\]$/.test(plain)) section = [line];
      else if (plain === '' || /^[#;][^=:]*$/.test(plain)) (section.length > 0 ? section : kept).push(line);
      else if (setting.test(plain) && !hasLogin(plain)) {
        kept.push(...section, line);
        section = [];
        count += 1;
      }
    }
    const whole = [...kept, ...section].join('');
    if (whole === text) return text;
    return count === 0 ? undefined : kept.join('');
  };
  return { keeps, of: unlessSecret(of) };
}

/** What a rule for names lets through is looked at once more. */
function unlessSecret(of: Settings['of']): Settings['of'] {
  return (text) => {
    const kept = of(text);
    return kept === undefined || secretKind('settings', kept) !== undefined ? undefined : kept;
  };
}

const dockerPlain =
  /^(?:[a-z]+Format|prunefilters|detachKeys|currentContext|experimental|stackOrchestrator|aliases|features|cliPluginsExtraDirs)$/i;
const helperName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const isHelper = (value: unknown): boolean => isText(value) && helperName.test(value);

/** `config.json` of Docker's client, which kubelet and others read too. */
export const dockerConfig = json(
  'names of credential helpers, proxies without a password, and formats',
  (name, value) => {
    if (name === 'credsStore') return isHelper(value) ? value : undefined;
    if (dockerPlain.test(name)) return value;
    if (!isMembers(value)) return undefined;
    // The client lists registries here that it logged in to with a helper.
    if (name === 'auths')
      return emptyStays(value, (_, login) =>
        isMembers(login) && Object.keys(login).length === 0 ? login : undefined,
      );
    if (name === 'credHelpers')
      return emptyStays(value, (_, helper) => (isHelper(helper) ? helper : undefined));
    if (name !== 'proxies') return undefined;
    return emptyStays(value, (_, proxies) =>
      isMembers(proxies)
        ? unlessEmpty(pick(proxies, (__, url) => (isText(url) && !hasLogin(url) ? url : undefined)))
        : undefined,
    );
  },
);

/** An object that was empty has nothing to lose. */
function emptyStays(members: Members, keep: (name: string, value: unknown) => unknown): Members | undefined {
  return Object.keys(members).length === 0 ? members : unlessEmpty(pick(members, keep));
}

const isSecretName = (name: string): boolean => /auth|secret|token|passw|key/i.test(name);

/** ECS's settings in JSON. */
export const ecsJson = json('all members but EngineAuthData', (name, value) =>
  isSecretName(name) ? undefined : value,
);

/** ECS's settings as variables. */
export const ecsConfig = lines(
  'all variables but ECS_ENGINE_AUTH_DATA',
  /^(?:export\s+)?(?!ECS_ENGINE_AUTH)(?:ECS_[A-Z0-9_]+|AWS_DEFAULT_REGION|NO_PROXY|HTTPS?_PROXY)\s*=/,
);

/** NetBird's settings, where it keeps its keys too. */
export const netbirdConfig = json('addresses of its server, and settings of its interface', (name, value) =>
  /^(?:ManagementURL|AdminURL|Wg(?:Iface|Port)|IFaceBlackList|DisableIPv6Discovery|DisableAutoConnect|NATExternalIPs|CustomDNSAddress|DNSRouteInterval|RosenpassEnabled|ServerSSHAllowed|NetworkMonitor|Disable\w+|Block\w+)$/.test(
    name,
  )
    ? value
    : undefined,
);

export const npmrc = lines(
  'registries and switches',
  /^(?:(?:@[\w.-]+:)?registry|strict-ssl|cafile|prefix|cache|fund|audit|progress|loglevel|save-exact|save-prefix|ignore-scripts|engine-strict|legacy-peer-deps|package-lock|fetch-retr(?:y|ies)[\w-]*|fetch-timeout|omit|node-linker|noproxy|(?:https-)?proxy)\s*=/,
);

export const pipConf = lines(
  'indexes without a password, and switches',
  /^(?:(?:extra-)?index-url|trusted-host|find-links|timeout|retries|cert|proxy|no-cache-dir|disable-pip-version-check|break-system-packages|require-virtualenv|prefer-binary|no-index|constraint)\s*=/,
);

export const awsCredentials = lines(
  'profiles that take a role or ask a program',
  /^(?:role_arn|source_profile|credential_source|credential_process|role_session_name|duration_seconds|web_identity_token_file|region|output|sso_(?:session|account_id|role_name|region|start_url))\s*=/,
);

export const gitlabRunner = lines(
  'what is set for all runners',
  /^(?:concurrent|check_interval|shutdown_timeout|log_level|log_format|listen_address|connection_max_age)\s*=/,
);

export const machineInfo = lines(
  'settings other than the pretty name',
  /^(?:ICON_NAME|CHASSIS|DEPLOYMENT|LOCATION|HARDWARE_\w+)\s*=/,
);

const kubeMember = /^(?:apiVersion|kind|preferences|clusters|contexts|current-context|users)$/;
const execMember = /^(?:apiVersion|command|args|interactiveMode|provideClusterInfo|installHint)$/;

/** Clusters, contexts, and users that get their token from a program. */
export const kubeConfig: Settings = {
  keeps: 'clusters, and users that ask a program',
  of: unlessSecret((text) => {
    const config = parsed(() => parse(text) as unknown);
    if (config === undefined || !Object.keys(config).every((name) => kubeMember.test(name))) return undefined;
    const users = Array.isArray(config['users']) ? config['users'] : [];
    const kept = users.map((user: unknown) => (isMembers(user) ? withoutLogin(user) : {}));
    if (JSON.stringify(kept) === JSON.stringify(users)) return text;
    const isUseful = kept.some(({ user }) => isMembers(user) && user['exec'] !== undefined);
    return isUseful ? stringify({ ...config, users: kept }) : undefined;
  }),
};

function withoutLogin({ name, user }: Members): Members {
  const exec = isMembers(user) ? user['exec'] : undefined;
  const kept = isMembers(exec)
    ? { exec: pick(exec, (member, value) => (execMember.test(member) ? value : undefined)) }
    : {};
  return { name, user: kept };
}
