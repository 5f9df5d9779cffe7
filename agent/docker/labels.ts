/** Labels by which what is ours is found again after a restart. */
export const labels = {
  /** On containers that were made for one assignment. */
  assignment: 'dev.parbake.assignment',
  container: 'dev.parbake.container',
  /** Also on networks and volumes. */
  role: 'dev.parbake.role',
  /** How far it was prepared; absent on one that was made for an assignment. */
  prepared: 'dev.parbake.prepared',
  /** Where it meets its gate. */
  gate: 'dev.parbake.gate',
  /** Where its files appear. */
  files: 'dev.parbake.files',
} as const;
