import { X509Certificate } from 'node:crypto';
import { toParbakeError } from '../../proto/errors/errors.ts';
import { exitCodes } from '../../proto/errors/exit.ts';
import { command } from '../../proto/process/cli/command.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { readRequired } from '../../proto/process/required-file.ts';
import { packageVersion } from '../../proto/process/version.ts';
import { fleetFindings, validityFinding, type Finding } from './findings.ts';
import { printable, time } from '../insight/format.ts';
import { connectionOptions, settingsFile, withCoordinator, type ConnectionValues } from './client.ts';
import { readInstances, readRoles } from './read-fleet.ts';
import { lookAtServer } from './tls-look.ts';

export const doctorCommand = command(
  {
    name: 'doctor',
    summary: 'Check the way to the coordinator, and what needs somebody in the fleet.',
    description:
      'Checks your certificate, the certificate of the coordinator and its names, whether it answers and how fast, pools without a ready instance, instances that are quarantined or silent, and versions of agents. Exits with 1 when a check fails; a warning does not fail.',
    options: connectionOptions,
    positionals: {},
    examples: ['parbake doctor'],
    settingsFile,
  },
  async (values, context) => {
    const findings = [...(await certificateFindings(values)), ...(await answerFindings(values, context))];
    const isFailed = findings.some(({ result }) => result === 'failed');
    context.stdout.write(
      values.json ? `${JSON.stringify({ checks: findings })}\n` : findings.map(text).join(''),
    );
    return isFailed ? exitCodes.failed : exitCodes.done;
  },
);

/** Both certificates, as far as there are any. */
async function certificateFindings(values: ConnectionValues): Promise<Finding[]> {
  const { coordinator: address, tlsCa, tlsCert, tlsName } = values;
  const findings: Finding[] = [];
  if (tlsCert !== undefined)
    findings.push(
      await tried('certificate of this caller', async () =>
        validityFinding('this caller', new X509Certificate(await readRequired(tlsCert)), Date.now()),
      ),
    );
  if (tlsCa !== undefined && !address.startsWith('unix:'))
    findings.push(
      await tried('certificate of the coordinator', async () => {
        const { certificate, distrust } = await lookAtServer(address, await readRequired(tlsCa), tlsName);
        const found = validityFinding('the coordinator', certificate, Date.now());
        if (distrust === undefined || found.result === 'failed') return found;
        return {
          ...found,
          result: 'failed',
          detail: distrust,
          action: 'dial a name that it has, or give the CA that signed it (docs/tls.md)',
        };
      }),
    );
  return findings;
}

/** Whether it answers, and what it says about the fleet. */
async function answerFindings(values: ConnectionValues, context: CommandContext): Promise<Finding[]> {
  const begun = performance.now();
  try {
    return await withCoordinator(values, context, async (clients) => {
      const roles = await readRoles(clients);
      const took = performance.now() - begun;
      const answer: Finding = {
        check: 'coordinator',
        result: 'ok',
        detail: `answers at ${values.coordinator} after ${time(took)}`,
        action: '',
      };
      return [answer, ...fleetFindings(await readInstances(clients), roles, packageVersion())];
    });
  } catch (cause) {
    return [failure('coordinator', cause)];
  }
}

async function tried(check: string, look: () => Promise<Finding>): Promise<Finding> {
  return await look().catch((cause: unknown) => failure(check, cause));
}

function failure(check: string, cause: unknown): Finding {
  const error = toParbakeError(cause);
  return { check, result: 'failed', detail: `${error.message} [${error.code}]`, action: error.action };
}

function text({ check, result, detail, action }: Finding): string {
  const then = action === '' ? '' : `\n${' '.repeat(9)}${printable(action)}`;
  return `${result.padEnd(8)} ${check}: ${printable(detail)}${then}\n`;
}
