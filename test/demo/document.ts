/** What `npm run demo -- --json` prints: every number was measured in that run. Sizes in bytes, times in ms. */
export interface DemoDocument {
  bake: {
    sealed: boolean;
    images: BakedImageReport[];
    removed: { rule: string; path: string }[];
  };
  builder: { engine_id: string };
  instances: { instance_id: string; engine_id: string; state: string }[];
  assignments: AssignmentReport[];
  compare: { pull_and_run_ms: number; baked_run_ms: number; assign_ms: number };
  io: IoReport[];
}

export interface BakedImageReport {
  ref: string;
  digest: string;
  size_bytes: number;
  pull_ms: number;
  /** A layer that was too small for the Engine to report its progress has no times. */
  layers: { digest: string; size_bytes?: number; download_ms?: number; extract_ms?: number }[];
}

/** Times since the call of Assign: the first three on the coordinator's clock, the answer on the caller's. */
export interface AssignmentReport {
  assignment_id: string;
  user: string;
  instance_id: string;
  claim_ms: number;
  start_ms: number;
  ready_ms: number;
  answer_ms: number;
  http_status: number;
  body: string;
}

/** What the instance's host moved during its assignment; a counter that could not be read is absent. */
export interface IoReport {
  instance_id: string;
  disk_read_bytes?: number;
  disk_write_bytes?: number;
  network_receive_bytes?: number;
  network_transmit_bytes?: number;
}
