/** Milliseconds after the boot timeout in which the coordinator ends the machine itself, if it can. */
const grace = 10 * 60_000;

/** Parts of user data are told apart by this line. */
const boundary = '==parbake==';

/**
 * What a machine is told at its first boot. Ours comes first: it powers the machine off, and so terminates it, unless its
 * agent checks in. Only the machine itself can do that when the coordinator never comes back.
 * @param own the operator's part; empty for none
 */
export function userDataFor(own: string, bootTimeout: number): string {
  const seconds = Math.ceil((bootTimeout + grace) / 1000);
  const parts = [part('cloud-boothook', powerOff(seconds))];
  if (own !== '') parts.push(part(typeOf(own), own));
  const head = `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\n`;
  return `${head}\n${parts.map((each) => `--${boundary}\n${each}`).join('')}--${boundary}--\n`;
}

function part(type: string, content: string): string {
  const head = `Content-Type: text/${type}; charset="utf-8"\nMIME-Version: 1.0\nContent-Transfer-Encoding: 8bit\n`;
  return `${head}\n${content.endsWith('\n') ? content : `${content}\n`}`;
}

/** A boot hook runs early, at every boot; `cloud-init-per` keeps it to the first one of this machine. */
function powerOff(seconds: number): string {
  return `#!/bin/sh
cloud-init-per instance parbake-unclaimed systemd-run --unit=parbake-unclaimed --on-active=${seconds} \\
  /bin/sh -c '[ -e /run/parbake/checked-in ] || systemctl poweroff'
`;
}

/** How cloud-init tells kinds of user data apart: by their first line. */
function typeOf(content: string): string {
  if (content.startsWith('#cloud-config')) return 'cloud-config';
  if (content.startsWith('#cloud-boothook')) return 'cloud-boothook';
  return content.startsWith('#!') ? 'x-shellscript' : 'plain';
}
