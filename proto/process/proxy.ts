import { BlockList, isIP } from 'node:net';

/** The Engine's proxies, as `docker info` and the environment give them. Empty where there is none. */
export interface ProxySettings {
  http: string;
  https: string;
  /** Comma-separated hosts, domains, addresses and networks that are reached directly. */
  no: string;
}

/**
 * The proxy for a request. The rules are those of the Engine's HTTP client
 * (https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config): loopback is always reached directly, `example.com` in
 * NO_PROXY also stands for its subdomains, `.example.com` for these alone, and `10.0.0.0/8` for a network.
 * @returns its URL; undefined for a direct request
 */
export function proxyFor(url: URL, settings: ProxySettings): string | undefined {
  const proxy = url.protocol === 'https:' ? settings.https : settings.http;
  if (proxy === '' || isDirect(url, settings.no)) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function isDirect(url: URL, exceptions: string): boolean {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  if (host === 'localhost' || isInNetwork(host, '127.0.0.0/8') || isInNetwork(host, '::1/128')) return true;
  return exceptions.split(',').some((text) => {
    const exception = text.trim().toLowerCase();
    return exception !== '' && matches(host, port, exception);
  });
}

function matches(host: string, port: string, exception: string): boolean {
  if (exception === '*') return true;
  if (exception.includes('/')) return isInNetwork(host, exception);
  const { name, port: onlyPort } = splitPort(exception);
  if (onlyPort !== undefined && onlyPort !== port) return false;
  if (isIP(name) !== 0) return isInNetwork(host, `${name}/${isIP(name) === 6 ? 128 : 32}`);
  const domain = name.replace(/^\*(?=\.)/, '');
  if (domain.startsWith('.')) return host.endsWith(domain);
  return host === domain || host.endsWith(`.${domain}`);
}

function splitPort(text: string): { name: string; port?: string } {
  const bracketed = /^\[(.+)\](?::(\d+))?$/.exec(text) ?? /^([^:]+):(\d+)$/.exec(text);
  const [, name = text, port] = bracketed ?? [];
  return port === undefined ? { name } : { name, port };
}

/** @param network such as `10.0.0.0/8`; anything else contains nothing */
export function isInNetwork(host: string, network: string): boolean {
  const [address = '', bits = ''] = network.split('/');
  const family = isIP(address);
  const isPrefix = /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32);
  if (family === 0 || !isPrefix || isIP(host) !== family) return false;
  const type = family === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(address, Number(bits), type);
  return list.check(host, type);
}
