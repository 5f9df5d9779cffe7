/** What an attested instance may be called: it stands in a URI, in logs and in file names. */
const instanceIds = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

export function isInstanceId(text: string): boolean {
  return instanceIds.test(text);
}

/** The principal of an agent, as the single SAN of its certificate. @param instanceId one that `isInstanceId` accepts */
export function agentUri(trustDomain: string, instanceId: string): string {
  return `spiffe://${trustDomain}/agent/${instanceId}`;
}
