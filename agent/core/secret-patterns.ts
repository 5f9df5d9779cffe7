/** What a secret looks like, wherever it is. */
interface SecretPattern {
  /** For people; the secret itself is never shown. */
  kind: string;
  /** A file without any of these texts has none: a search for a text is many times faster than one for a pattern. */
  texts: readonly string[];
  pattern: RegExp;
}

/** A newline as it is, or as JSON and environment files write it. */
const newline = String.raw`(?:\r?\n|\\r?\\?n|\\n)`;

/** Every format of a private key as text, with at least a line of its body: a program that only knows the words has none. */
const privateKeys: readonly SecretPattern[] = [
  {
    kind: 'a private key',
    texts: ['PRIVATE KEY'],
    pattern: new RegExp(
      String.raw`-----BEGIN (?:[A-Z0-9]+ ){0,2}PRIVATE KEY(?: BLOCK)?-----${newline}(?:[A-Za-z-]+: [^\n]*${newline}|${newline})*[A-Za-z0-9+/=]{16}`,
    ),
  },
  { kind: 'a private key', texts: ['BEGIN SSH2'], pattern: /---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----/ },
  { kind: "PuTTY's private key", texts: ['PuTTY-User-Key'], pattern: /^PuTTY-User-Key-File-\d: /m },
  {
    kind: 'a private key in base64',
    // "-----BEGIN PRIVATE", and the same with RSA, EC, DSA, ENCRYPTED and OPENSSH.
    texts: ['LS0tLS1CRUdJTi'],
    pattern:
      /LS0tLS1CRUdJTi(?:BQUklWQVRF|BSU0EgUFJJVkFUR|BFQyBQUklWQVRF|BEU0EgUFJJVkFUR|BFTkNSWVBURUQgUFJJVkFUR|BPUEVOU1NI)/,
  },
  {
    kind: "WireGuard's private key",
    texts: ['PrivateKey', 'PresharedKey'],
    pattern: /^\s*(?:PrivateKey|PresharedKey)\s*=\s*[A-Za-z0-9+/]{43}=/m,
  },
  { kind: "age's private key", texts: ['AGE-SECRET-KEY'], pattern: /\bAGE-SECRET-KEY-1[A-Z0-9]{58}\b/ },
];

/** Tokens that say by their first letters what they are. */
const tokens: readonly SecretPattern[] = [
  {
    kind: 'a token of GitHub',
    texts: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    pattern: /\b(?:gh[opusr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22})/,
  },
  {
    kind: 'a token of GitLab',
    texts: ['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-', 'glft-', 'glsoat-', 'glagent-', 'gloas-'],
    pattern: /\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas)-[A-Za-z0-9_-]{20}/,
  },
  { kind: 'a token of Slack', texts: ['xox'], pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10}/ },
  { kind: 'a key of Stripe', texts: ['k_live_'], pattern: /\b[rs]k_live_[A-Za-z0-9]{16}/ },
  { kind: 'a token of npm', texts: ['npm_'], pattern: /\bnpm_[A-Za-z0-9]{36}/ },
  { kind: 'a token of PyPI', texts: ['pypi-'], pattern: /\bpypi-[A-Za-z0-9_-]{50}/ },
  { kind: 'a token of Docker Hub', texts: ['dckr_'], pattern: /\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20}/ },
  {
    kind: 'a key of Google',
    texts: ['AIza', 'ya29.'],
    pattern: /\bAIza[A-Za-z0-9_-]{35}|\bya29\.[A-Za-z0-9_-]{20}/,
  },
  { kind: 'a token of Vault', texts: ['hvs.', 'hvb.', 'hvr.'], pattern: /\bhv[brs]\.[A-Za-z0-9_-]{24}/ },
  {
    kind: 'a token of Terraform',
    texts: ['.atlasv1.'],
    pattern: /\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60}/,
  },
  { kind: 'a token of DigitalOcean', texts: ['_v1_'], pattern: /\bdo[oprt]_v1_[a-f0-9]{64}/ },
  { kind: 'a token of Hugging Face', texts: ['hf_'], pattern: /\bhf_[A-Za-z0-9]{34}/ },
  { kind: 'an API key', texts: ['sk-'], pattern: /\bsk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_-]{32}/ },
  { kind: 'a key of SendGrid', texts: ['SG.'], pattern: /\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16}/ },
  { kind: 'a key of Tailscale', texts: ['tskey-'], pattern: /\btskey-[a-z]+-[A-Za-z0-9-]{10}/ },
  { kind: 'a token of crates.io', texts: ['cio'], pattern: /\bcio[A-Za-z0-9]{32}\b/ },
  { kind: 'a key of RubyGems', texts: ['rubygems_'], pattern: /\brubygems_[a-f0-9]{48}/ },
  { kind: 'a token of Fly', texts: ['fm1', 'fm2'], pattern: /\bfm[12][a-z]?_[A-Za-z0-9+/=_-]{40}/ },
  { kind: 'a key of New Relic', texts: ['NRA'], pattern: /\bNRA[AK]-[A-Za-z0-9]{27}/ },
  {
    kind: 'a key of AWS',
    texts: ['ecret', 'ECRET'],
    pattern: /\b(?:aws_)?secret_?(?:access_?)?key["']?\s*[:=]\s*["']?[A-Za-z0-9/+]{40}\b/i,
  },
  {
    kind: 'a signed token',
    texts: ['eyJ'],
    pattern: /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20}/,
  },
];

/** What tools write into their configurations. */
const entries: readonly SecretPattern[] = [
  {
    kind: 'a registry login',
    texts: ['"auth"', '"identitytoken"', '"registrytoken"'],
    pattern: /"(?:auth|identitytoken|registrytoken)"\s*:\s*"[A-Za-z0-9+/._=-]{8,}"/,
  },
  {
    kind: 'a client key of Kubernetes',
    texts: ['client-key-data'],
    pattern: /\bclient-key-data:\s*[A-Za-z0-9+/=]{40}/,
  },
  { kind: 'a login of npm', texts: [':_'], pattern: /:_(?:authToken|auth|password)\s*=\s*[^\s$]{8,}/ },
  { kind: 'a login of netrc', texts: ['machine'], pattern: /\bmachine\s+\S+\s+login\s+\S+\s+password\s+\S+/ },
];

const everywhere: readonly SecretPattern[] = [...privateKeys, ...tokens, ...entries];

/** Files that tools keep logins in. A password in one of them is taken for one. */
const loginFile = new RegExp(
  String.raw`^(?:\.env(?:\..+)?|.+\.env|\.dockercfg|auth\.(?:json|conf)|registries\.(?:ya?ml|conf)|hosts\.(?:toml|ya?ml)|config\.toml` +
    String.raw`|\.my\.cnf|settings(?:-security)?\.xml|gradle\.properties|nuget\.config|rclone\.conf|\.s3cfg|\.boto|\.pypirc|pip\.conf` +
    String.raw`|\.?npmrc|\.yarnrc(?:\.yml)?|\.terraformrc|credentials(?:\..+)?|.+\.credentials|\.?secrets?(?:\.(?:ya?ml|json|toml|env|ini|txt|conf))?|\.?vault[-_]?pass.*` +
    String.raw`|\.databrickscfg|\.smbcredentials|\.condarc|(?:chap|pap)-secrets|.+\.nmconnection|wpa_supplicant.*\.conf|msmtprc|\.msmtprc` +
    String.raw`|\.bundle|\.gem|\.fly|cli\.yml|hub|config\.ya?ml)$`,
  'i',
);
const loginEntry = new RegExp(
  String.raw`^(?!\s*(?:#|;|//|<!--))[^\n]*?(?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|access[_-]?key|psk)[\w.-]*["']?[ \t]*[:=>][ \t]*["']?` +
    String.raw`(?!\$|%|<|\{|true\b|false\b|null\b|none\b|changeme)[^\s"'<>#,;{}]{6,}`,
  'im',
);

/** Files whose content cannot be read as text, or needs no look at it. */
const keyStore =
  /(?:\.(?:p12|pfx|jks|keystore|keytab|kdbx|ppk)|^\.?(?:vault-token|pgpass|git-credentials|netrc|mylogin\.cnf)|^credentials\.tfrc\.json|^secring\.gpg)$/i;

/**
 * Names the kind of secret in a file.
 * @param path of the file, by which some are known
 * @param content as latin1, so that every byte is one character
 * @returns undefined when there is none
 */
export function secretKind(path: string, content: string): string | undefined {
  if (content.trim() === '') return undefined;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (keyStore.test(name) || path.includes('/private-keys-v1.d/')) return 'a store of keys or a login';
  const isThere = ({ texts, pattern }: SecretPattern): boolean =>
    texts.some((text) => content.includes(text)) && pattern.test(content);
  const found = everywhere.find(isThere);
  if (found !== undefined) return found.kind;
  if (hasUrlWithPassword(content)) return 'a URL with a password';
  return loginFile.test(name) && loginEntry.test(content) ? 'a login' : undefined;
}

/** Characters before and behind `://` that are looked at: a line may be as long as a file. */
const urlBefore = 64;
const urlBehind = 256;
const maxUrls = 10_000;
const urlWithPassword =
  /[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'<>${}]+:(?!pass(?:word)?@|secret@|\*+@|x+@)[^\s/@"'<>${}]{4,}@[\w[]/i;

function hasUrlWithPassword(content: string): boolean {
  let at = content.indexOf('://');
  for (let count = 0; at >= 0 && count < maxUrls; count++, at = content.indexOf('://', at + 3)) {
    const around = content.slice(Math.max(0, at - urlBefore), at + urlBehind);
    const begin = around.lastIndexOf('\n', Math.min(at, urlBefore)) + 1;
    const line = around.slice(begin).split('\n', 1)[0] ?? '';
    // A comment or a manual shows what a URL may look like.
    if (!/^\s*(?:#|;|\/\/|\*|<!--)/.test(line) && urlWithPassword.test(line)) return true;
  }
  return false;
}
