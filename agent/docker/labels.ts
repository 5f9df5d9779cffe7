/** Labels by which the agent finds its containers, networks and volumes again after a restart. */
export const labels = {
  /** Empty on a container that was prepared for an unknown user. */
  assignment: 'dev.parbake.assignment',
  container: 'dev.parbake.container',
  /** Also on networks and volumes. */
  role: 'dev.parbake.role',
  /** How far it was prepared; `none` on one that was made for an assignment. */
  prepared: 'dev.parbake.prepared',
  /** Where it meets its gate; empty without one. */
  gate: 'dev.parbake.gate',
  /** Where it gets the order that it reads itself; empty when it does not. */
  hold: 'dev.parbake.hold',
  /** Where its files appear; empty when it takes none. */
  files: 'dev.parbake.files',
  /** Shows that this agent made it; see `OwnLabels`. */
  seal: 'dev.parbake.seal',
} as const;
