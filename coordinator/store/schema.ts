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
    ready_time INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX instance_ready ON instance (ready_time) WHERE state = 'READY';

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
  CREATE INDEX assignment_user ON assignment (user, create_time);

  CREATE TABLE role (
    name TEXT PRIMARY KEY,
    user_env TEXT NOT NULL
  ) STRICT;

  CREATE TABLE report (
    instance_id TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (instance_id, boot_id)
  ) STRICT;
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
];
