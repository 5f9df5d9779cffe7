/** One script per version; a store of version N has had the first N. Never change one that was released. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE instance (
    instance_id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    state_reason TEXT NOT NULL DEFAULT '',
    facts TEXT NOT NULL,
    roles TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    generation INTEGER NOT NULL DEFAULT 0,
    observed_generation INTEGER NOT NULL DEFAULT 0,
    check_in_time INTEGER NOT NULL,
    last_seen_time INTEGER NOT NULL,
    ready_time INTEGER NOT NULL DEFAULT 0,
    ec2 TEXT NOT NULL DEFAULT '',
    -- Rises whenever EC2 has to be looked at; done up to ec2_synced.
    ec2_revision INTEGER NOT NULL DEFAULT 0,
    ec2_synced INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX instance_ready ON instance (ready_time, instance_id) WHERE state = 'READY';
  CREATE INDEX instance_engine ON instance (facts ->> 'engineId');
  CREATE INDEX instance_machine ON instance (facts ->> 'machineIdHash');
  CREATE INDEX instance_ec2 ON instance (instance_id) WHERE ec2_synced < ec2_revision;

  -- The roles of instances that are not over.
  CREATE TABLE offer (
    role TEXT NOT NULL,
    instance_id TEXT NOT NULL REFERENCES instance (instance_id),
    user_env TEXT NOT NULL,
    PRIMARY KEY (role, instance_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX offer_instance ON offer (instance_id);

  CREATE TABLE assignment (
    assignment_id TEXT PRIMARY KEY,
    request_id TEXT NOT NULL UNIQUE,
    fingerprint TEXT NOT NULL,
    user TEXT NOT NULL,
    role TEXT NOT NULL,
    environment TEXT NOT NULL,
    env TEXT NOT NULL,
    state TEXT NOT NULL,
    instance_id TEXT NOT NULL DEFAULT '',
    endpoints TEXT NOT NULL DEFAULT '[]',
    create_time INTEGER NOT NULL,
    release_time INTEGER NOT NULL DEFAULT 0,
    attempt INTEGER NOT NULL DEFAULT 0,
    failure_reason TEXT NOT NULL DEFAULT '',
    timings TEXT NOT NULL DEFAULT '{}'
  ) STRICT;
  -- An instance is in at most one live assignment, whatever the code does.
  CREATE UNIQUE INDEX assignment_live ON assignment (instance_id)
    WHERE state IN ('CLAIMED', 'DELIVERED', 'STARTING', 'SERVING', 'RELEASING');
  CREATE INDEX assignment_pending ON assignment (create_time) WHERE state = 'PENDING';
  CREATE INDEX assignment_created ON assignment (create_time, assignment_id);
  CREATE INDEX assignment_user ON assignment (user, create_time, assignment_id);

  CREATE TABLE role (
    name TEXT PRIMARY KEY,
    user_env TEXT NOT NULL
  ) STRICT;

  CREATE TABLE report (
    instance_id TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (instance_id, boot_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE span (
    instance_id TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    span_id TEXT NOT NULL,
    start_ns INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (instance_id, boot_id, span_id)
  ) STRICT;
  CREATE TABLE reported (
    seq INTEGER PRIMARY KEY,
    instance_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX reported_instance ON reported (instance_id, kind);

  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    instance_id TEXT NOT NULL,
    assignment_id TEXT NOT NULL,
    event TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
  `,
  // What part of the role's recorded reads was read ahead: a warm instance is taken before a cold one.
  `
  ALTER TABLE offer ADD COLUMN warmth REAL NOT NULL DEFAULT 1;
  `,
];
