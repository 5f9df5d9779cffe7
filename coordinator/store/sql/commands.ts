import type { UseCases } from '../store.ts';
import { accessTokenCommands } from './access-tokens.ts';
import { agentCommands } from './agents.ts';
import type { Database } from './database.ts';
import { fleetCommands } from './fleet.ts';
import { imageCommands } from './images.ts';
import { jobCommands } from './jobs.ts';
import { poolCommands } from './pools.ts';
import { previewCommands } from './previews.ts';
import { replicaCommands } from './replicas.ts';
import { requestCommands } from './requests.ts';
import { routeCommands } from './route-commands.ts';
import { sealedCommands } from './sealed.ts';
import { sweepCommands } from './sweep.ts';
import { tablesOf } from './tables.ts';
import { trustCommands } from './trust.ts';
import { telemetryCommands, upkeepCommands } from './upkeep.ts';

export type CommandName = keyof UseCases;

/** Which use cases only read: they run beside the writer. */
export const access = {
  admit: 'write',
  noteIdTaken: 'write',
  openSession: 'write',
  closeSession: 'write',
  observe: 'write',
  measureClock: 'write',
  request: 'write',
  claimWaiting: 'write',
  sealedOtherwise: 'write',
  reseal: 'write',
  sweep: 'write',
  behind: 'read',
  forget: 'write',
  release: 'write',
  extend: 'write',
  assignmentByRequest: 'read',
  deleteRole: 'write',
  drain: 'write',
  retire: 'write',
  clearQuarantine: 'write',
  assignment: 'read',
  assignments: 'read',
  recentTimes: 'read',
  instance: 'read',
  instances: 'read',
  counts: 'read',
  applyRoles: 'write',
  roles: 'read',
  applyPools: 'write',
  pools: 'read',
  pausePool: 'write',
  deletePool: 'write',
  poolViews: 'read',
  commitPlan: 'write',
  dueLaunches: 'read',
  askLaunch: 'write',
  launchAnswered: 'write',
  launchFailed: 'write',
  observeMachines: 'write',
  takeEnds: 'write',
  removePoolRows: 'write',
  poolDemand: 'read',
  recordDemand: 'write',
  expectDemand: 'write',
  addBuild: 'write',
  images: 'read',
  buildViews: 'read',
  commitBuild: 'write',
  promoteImage: 'write',
  deprecateImage: 'write',
  imagesInUse: 'read',
  forgetImage: 'write',
  attest: 'write',
  renew: 'write',
  activate: 'write',
  lock: 'write',
  readmit: 'write',
  trust: 'read',
  trusts: 'read',
  createJoinToken: 'write',
  removeTrust: 'write',
  createToken: 'write',
  accessTokens: 'read',
  revokeToken: 'write',
  report: 'write',
  timeline: 'read',
  samples: 'read',
  usage: 'read',
  events: 'read',
  beforeLastEvents: 'read',
  ec2Work: 'read',
  ec2Done: 'write',
  ec2Silent: 'read',
  ec2Says: 'write',
  joinSamples: 'write',
  removeSamples: 'write',
  removeSpans: 'write',
  removeBoots: 'write',
  removeEvents: 'write',
  removeAssignments: 'write',
  removeUsage: 'write',
  removeInstances: 'write',
  routes: 'read',
  routeChanges: 'read',
  setPublishers: 'write',
  publishers: 'read',
  confirmRoutes: 'write',
  removeRoutes: 'write',
  takeDelivery: 'write',
  takeNews: 'write',
  previews: 'read',
  preview: 'read',
  duePreviews: 'read',
  concludePreview: 'write',
  unreportedPreviews: 'read',
  reportedPreview: 'write',
  releasePreview: 'write',
  approvePreview: 'write',
  removePreviews: 'write',
  jobs: 'read',
  tryWrite: 'write',
  size: 'read',
  endLapsed: 'write',
  noteSeen: 'write',
} as const satisfies Record<CommandName, 'read' | 'write'>;

/**
 * The sessions of a former process and the callers who waited are gone: nothing is done behind anybody's back. Of
 * coordinators that share a store, the one that leads ends what belonged to others.
 */
export async function recover(db: Database): Promise<void> {
  if (db.replicaId !== '') return;
  const { instances, assignments, routes } = tablesOf(db, () => 0);
  await instances.disconnectAll();
  await assignments.forgetAll();
  await routes.withdrawLeft({ now: Date.now() });
}

/** @param steady see Moment */
export function commandsOf(db: Database, steady: () => number): UseCases {
  const tables = tablesOf(db, steady);
  return {
    ...agentCommands(tables),
    ...replicaCommands(tables),
    ...sweepCommands(tables),
    ...requestCommands(tables),
    ...routeCommands(tables),
    ...sealedCommands(tables),
    ...fleetCommands(tables),
    ...poolCommands(tables),
    ...imageCommands(tables),
    ...previewCommands(tables),
    ...jobCommands(tables),
    ...trustCommands(tables),
    ...accessTokenCommands(tables),
    ...telemetryCommands(tables),
    ...upkeepCommands(tables),
  };
}
