import type { Program } from '../../proto/process/cli/declaration.ts';
import { packageVersion } from '../../proto/process/version.ts';
import { adviseCommand } from './advise-command.ts';
import { assignCommand } from './assign-command.ts';
import { assignmentCommand } from './assignment-command.ts';
import { assignmentsCommand } from './assignments-command.ts';
import { compareCommand } from './compare-command.ts';
import { deleteRoleCommand } from './delete-role-command.ts';
import { doctorCommand } from './doctor-command.ts';
import { drainCommand } from './drain-command.ts';
import { eventsCommand } from './events-command.ts';
import { execCommand } from './exec-command.ts';
import { exportCommand } from './export-command.ts';
import { extendCommand } from './extend-command.ts';
import { fleetCommand } from './fleet-command.ts';
import {
  buildImageCommand,
  deprecateImageCommand,
  listImagesCommand,
  promoteImageCommand,
} from './images-commands.ts';
import { instancesCommand } from './instances-command.ts';
import { createTokenCommand, listTokensCommand, revokeTokenCommand } from './token-commands.ts';
import { joinTokenCommand } from './join-token-command.ts';
import { lockCommand, readmitCommand } from './lock-command.ts';
import { logsCommand } from './logs-command.ts';
import { missesCommand } from './misses-command.ts';
import { expectDemandCommand } from './pools-expect-command.ts';
import { poolsCommand } from './pools-command.ts';
import {
  applyPoolsCommand,
  deletePoolCommand,
  explainPoolCommand,
  listPoolsCommand,
  pausePoolCommand,
} from './pools-operator-commands.ts';
import { simulatePoolCommand } from './pools-simulate-command.ts';
import {
  approvePreviewCommand,
  listPreviewsCommand,
  releasePreviewCommand,
  showPreviewCommand,
} from './previews-commands.ts';
import { quarantineCommand } from './quarantine-command.ts';
import { releaseCommand } from './release-command.ts';
import { retireCommand } from './retire-command.ts';
import { applyRolesCommand, listRolesCommand } from './roles-command.ts';
import { routesCommand } from './routes-command.ts';
import { showCommand } from './show-command.ts';
import { usageCommand } from './usage-command.ts';

/** The operator's program. */
export const operatorProgram: Program = {
  name: 'parbake',
  version: packageVersion(),
  summary: 'Inspects the fleet and assigns instances to users.',
  files: {},
  commands: [
    doctorCommand,
    instancesCommand,
    showCommand,
    compareCommand,
    fleetCommand,
    applyPoolsCommand,
    listPoolsCommand,
    explainPoolCommand,
    simulatePoolCommand,
    expectDemandCommand,
    pausePoolCommand,
    deletePoolCommand,
    poolsCommand,
    buildImageCommand,
    listImagesCommand,
    promoteImageCommand,
    deprecateImageCommand,
    eventsCommand,
    exportCommand,
    missesCommand,
    adviseCommand,
    assignCommand,
    assignmentsCommand,
    assignmentCommand,
    usageCommand,
    routesCommand,
    listPreviewsCommand,
    showPreviewCommand,
    releasePreviewCommand,
    approvePreviewCommand,
    logsCommand,
    execCommand,
    extendCommand,
    releaseCommand,
    drainCommand,
    retireCommand,
    quarantineCommand,
    lockCommand,
    readmitCommand,
    joinTokenCommand,
    createTokenCommand,
    listTokensCommand,
    revokeTokenCommand,
    applyRolesCommand,
    listRolesCommand,
    deleteRoleCommand,
  ],
};
