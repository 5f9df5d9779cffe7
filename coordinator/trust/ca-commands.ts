import { ParbakeError } from '../../proto/errors/errors.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { command } from '../../proto/process/cli/command.ts';
import { choice, count, flag, many, preset, required, text } from '../../proto/process/cli/options.ts';
import { checkHost, holders, issueCertificate, makeAuthority } from './certificates.ts';

const dir = preset(text('DIR', 'directory of the files'), '.');
const json = flag('print one JSON document');
const days = preset(count('days that a certificate is valid', { min: 1, max: 3650 }), 365);
const note =
  'Keys are readable by their owner only. Files that exist are never replaced. It calls the program openssl.';

export const caInitCommand = command(
  {
    name: 'ca init',
    summary: 'Make a CA and the certificates for a first try.',
    description: [
      'Makes a certificate authority (ca.pem, ca.key) and two certificates with their keys: server for the coordinator and operator for people. Instances get theirs by proving who they are (serve --attest-listen). The CA is enough to try Parbake; in production, issue certificates with your own.',
      note,
    ].join('\n'),
    options: {
      dir,
      host: many(text('HOST', 'DNS name or IP address that the coordinator is dialled by')),
      days,
      sharedAgent: flag(
        'make a certificate that all agents share, too, for serve --shared-agent-certificate; temporary, because any of them can pass for another',
      ),
      json,
    },
    positionals: {},
    examples: ['parbake-coordinator ca init --dir /etc/parbake --host 10.0.1.10 --host parbake.internal'],
  },
  async (values, { stdout }) => {
    const hosts = values.host.map(checkHost);
    if (hosts.length === 0)
      throw new ParbakeError('USAGE', 'ca init needs --host, the name or address to dial');
    const common = { days: values.days };
    const files = await makeAuthority(values.dir, [
      { ...common, name: 'server', holder: 'server', hosts },
      { ...common, name: 'operator', holder: 'operator', hosts: [] },
      ...(values.sharedAgent
        ? [{ ...common, name: 'agent', holder: 'agent' as const, isShared: true, hosts: [] }]
        : []),
    ]);
    stdout.write(values.json ? `${JSON.stringify({ files })}\n` : `${files.join('\n')}\n`);
    return exitCodes.done;
  },
);

export const caIssueCommand = command(
  {
    name: 'ca issue',
    summary: 'Issue one more certificate.',
    description: [
      'Issues a certificate signed by the CA that "ca init" made, as NAME.pem and NAME.key. NAME says who shows it: of an agent it is the id of its instance.',
      note,
    ].join('\n'),
    options: {
      dir,
      for: required(choice(holders, 'who will show it')),
      host: many(text('HOST', 'DNS name or IP address that it is valid for; a server needs one')),
      days,
      json,
    },
    positionals: { name: required(text('NAME', 'file name without its ending')) },
    examples: ['parbake-coordinator ca issue i-0a1b2c3d4e --for agent --dir /etc/parbake'],
  },
  async (values, { stdout }) => {
    const { name, for: holder } = values;
    const hosts = values.host.map(checkHost);
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name) || name === 'ca')
      throw new ParbakeError(
        'USAGE',
        `NAME takes letters, digits, dots and hyphens, and not "ca": not "${name}"`,
      );
    if (holder === 'server' && hosts.length === 0)
      throw new ParbakeError('USAGE', 'a server needs --host, the name or address that it is dialled by');
    const files = await issueCertificate(values.dir, { name, holder, hosts, days: values.days });
    stdout.write(values.json ? `${JSON.stringify({ files })}\n` : `${files.join('\n')}\n`);
    return exitCodes.done;
  },
);
