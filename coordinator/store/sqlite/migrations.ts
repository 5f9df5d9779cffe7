import type { Migration } from './database.ts';
import { blocksFromRows } from './frozen-samples.ts';

/** One per version; a store of version N has had the first N. Never change one that was released. */
export const migrations: readonly Migration[] = [
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
  // What instances do over time. Old samples are joined into longer ones, hence columns that can be summed.
  `
  CREATE TABLE sample (
    instance_id TEXT NOT NULL,
    container TEXT NOT NULL,
    start_ms INTEGER NOT NULL,
    interval_ms REAL NOT NULL,
    -- 0 as it came, else the length of the stretch that it was joined into.
    stretch_ms INTEGER NOT NULL DEFAULT 0,
    disk_read_bytes INTEGER,
    disk_write_bytes INTEGER,
    disk_read_operations INTEGER,
    disk_write_operations INTEGER,
    network_receive_bytes INTEGER,
    network_transmit_bytes INTEGER,
    cpu_ms REAL,
    io_stall_ms REAL,
    memory_bytes INTEGER,
    page_cache_bytes INTEGER,
    PRIMARY KEY (instance_id, container, start_ms)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sample_age ON sample (stretch_ms, start_ms);
  CREATE INDEX audit_instance ON audit (instance_id, seq);
  CREATE INDEX audit_at ON audit (at);
  CREATE INDEX span_start ON span (start_ns);
  `,
  `
  ALTER TABLE assignment ADD COLUMN traceparent TEXT NOT NULL DEFAULT '';
  `,
  `
  ALTER TABLE assignment ADD COLUMN files TEXT NOT NULL DEFAULT '{}';
  ALTER TABLE offer ADD COLUMN takes_files INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE role ADD COLUMN takes_files INTEGER NOT NULL DEFAULT 0;
  `,
  // How the instance's clock stands to the coordinator's; all three NULL until it was measured.
  `
  ALTER TABLE instance ADD COLUMN clock_offset_ms REAL;
  ALTER TABLE instance ADD COLUMN clock_uncertainty_ms REAL;
  ALTER TABLE instance ADD COLUMN clock_time INTEGER;
  `,
  // An event's number is never given again, so that a reader's place never comes to mean another event; how far events
  // were removed is kept, so that a reader hears of what it missed. Reports have a time by which they go.
  `
  ALTER TABLE audit RENAME TO audit_before;
  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    instance_id TEXT NOT NULL,
    assignment_id TEXT NOT NULL,
    event TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
  INSERT INTO audit SELECT seq, at, instance_id, assignment_id, event, state, reason FROM audit_before;
  DROP TABLE audit_before;
  CREATE INDEX audit_instance ON audit (instance_id, seq);
  CREATE INDEX audit_at ON audit (at);
  CREATE TABLE audit_removed (seq INTEGER NOT NULL) STRICT;
  INSERT INTO audit_removed SELECT coalesce(min(seq), 1) - 1 FROM audit;
  ALTER TABLE report ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
  `,
  // Who watches one assignment does not read everybody's events; what is old is found without reading what is not.
  `
  CREATE INDEX audit_assignment ON audit (assignment_id, seq) WHERE assignment_id <> '';
  CREATE INDEX assignment_instance ON assignment (instance_id, release_time);
  CREATE INDEX instance_seen ON instance (last_seen_time);
  CREATE INDEX report_at ON report (at);
  `,
  // Many samples in one row: a row for each took most of the time, and its keys most of the place. Spans age from when they
  // were received: what an instance takes for the time may be any.
  `
  CREATE TABLE sample_block (
    seq INTEGER PRIMARY KEY,
    instance_id TEXT NOT NULL,
    container TEXT NOT NULL,
    -- 0 as they came, else the length of the stretches that they were joined into.
    stretch_ms INTEGER NOT NULL,
    -- When the first began, and when the last ended.
    start_ms INTEGER NOT NULL,
    end_ms INTEGER NOT NULL,
    samples BLOB NOT NULL
  ) STRICT;
  CREATE INDEX sample_block_place ON sample_block (instance_id, stretch_ms, start_ms);
  CREATE INDEX sample_block_age ON sample_block (stretch_ms, start_ms, end_ms, instance_id);
  ALTER TABLE span ADD COLUMN received_ms INTEGER NOT NULL DEFAULT 0;
  UPDATE span SET received_ms = min(start_ns / 1000000, unixepoch() * 1000);
  DROP INDEX span_start;
  CREATE INDEX span_received ON span (received_ms);
  `,
  blocksFromRows,
  'DROP TABLE sample',
  `
  ALTER TABLE assignment ADD COLUMN tracestate TEXT NOT NULL DEFAULT '';
  `,
  // Who is connected is data, and what can be taken for a role is found by an index of its own: neither silent instances
  // nor those of other roles are read. A trigger keeps the two in step, whatever changes an instance.
  `
  ALTER TABLE instance ADD COLUMN session_id TEXT NOT NULL DEFAULT '';
  ALTER TABLE instance ADD COLUMN connected INTEGER NOT NULL DEFAULT 0;
  -- Since when the instance is READY, while it is connected too; NULL otherwise.
  ALTER TABLE offer ADD COLUMN ready_time INTEGER;
  CREATE INDEX offer_ready ON offer (role, ready_time, instance_id) WHERE ready_time IS NOT NULL;
  DROP INDEX instance_ready;
  CREATE TRIGGER instance_offers AFTER UPDATE OF state, connected, ready_time ON instance
    WHEN OLD.state <> NEW.state OR OLD.connected <> NEW.connected OR OLD.ready_time <> NEW.ready_time
    BEGIN
      UPDATE offer SET ready_time = iif(NEW.state = 'READY' AND NEW.connected = 1, NEW.ready_time, NULL)
      WHERE instance_id = NEW.instance_id;
    END;
  DROP INDEX assignment_pending;
  CREATE INDEX assignment_waiting ON assignment (role, create_time, assignment_id) WHERE state = 'PENDING';
  -- On the steady clock of the coordinator; see Moment.
  ALTER TABLE assignment ADD COLUMN received_steady REAL NOT NULL DEFAULT 0;
  UPDATE assignment SET received_steady = create_time;
  `,
  // Each attempt has its own times and its own end; every step has a time limit, counted on the steady clock. What was
  // TERMINATED is RETIRED: only the provider knows that a machine is gone.
  `
  ALTER TABLE instance ADD COLUMN session_steady REAL NOT NULL DEFAULT 0;
  ALTER TABLE instance ADD COLUMN state_time INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE instance ADD COLUMN state_steady REAL NOT NULL DEFAULT 0;
  ALTER TABLE instance ADD COLUMN last_assignment TEXT NOT NULL DEFAULT '';
  ALTER TABLE instance ADD COLUMN had_user INTEGER NOT NULL DEFAULT 0;
  UPDATE instance SET state_time = last_seen_time, state_steady = last_seen_time,
    last_assignment = coalesce((SELECT assignment_id FROM assignment WHERE assignment.instance_id = instance.instance_id
      ORDER BY create_time DESC LIMIT 1), ''),
    had_user = iif(state IN ('ASSIGNED', 'RELEASING', 'TERMINATED'), 1, 0);
  UPDATE instance SET state = 'RETIRED' WHERE state = 'TERMINATED';
  CREATE INDEX instance_state ON instance (state, state_steady);
  ALTER TABLE assignment ADD COLUMN attempts TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE assignment ADD COLUMN pending_steady REAL NOT NULL DEFAULT 0;
  ALTER TABLE assignment ADD COLUMN expire_time INTEGER NOT NULL DEFAULT 0;
  -- NULL without a time to live.
  ALTER TABLE assignment ADD COLUMN expire_steady REAL;
  ALTER TABLE assignment ADD COLUMN content_hash TEXT NOT NULL DEFAULT '';
  ALTER TABLE assignment ADD COLUMN replaces TEXT NOT NULL DEFAULT '';
  ALTER TABLE assignment ADD COLUMN fault TEXT NOT NULL DEFAULT '';
  -- How far the caller waits, whether it was answered, and whether it has given up.
  ALTER TABLE assignment ADD COLUMN wait TEXT NOT NULL DEFAULT 'CLAIMED';
  ALTER TABLE assignment ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE assignment ADD COLUMN abandoned INTEGER NOT NULL DEFAULT 0;
  UPDATE assignment SET answered = 1 WHERE state <> 'PENDING';
  UPDATE assignment SET pending_steady = create_time, attempts = iif(instance_id = '', '[]', json_array(json_object(
    'number', attempt, 'instanceId', instance_id, 'startTime', create_time, 'startSteady', create_time,
    'endTime', release_time, 'timings', json('{}'), 'reason', failure_reason, 'containers', json('[]'),
    'outcome', CASE state WHEN 'RELEASED' THEN 'RELEASED' WHEN 'FAILED' THEN 'FAILED' ELSE 'RUNNING' END)));
  CREATE INDEX assignment_under_way ON assignment (state) WHERE state IN ('CLAIMED', 'DELIVERED', 'STARTING');
  CREATE INDEX assignment_expiring ON assignment (expire_steady)
    WHERE expire_steady IS NOT NULL AND state IN ('PENDING', 'CLAIMED', 'DELIVERED', 'STARTING', 'SERVING');
  CREATE INDEX assignment_fault ON assignment (user, role, environment, release_time) WHERE fault = 'USER';
  CREATE INDEX assignment_owned ON assignment (user, role, environment, create_time)
    WHERE state IN ('PENDING', 'CLAIMED', 'DELIVERED', 'STARTING', 'SERVING');
  ALTER TABLE role ADD COLUMN on_loss TEXT NOT NULL DEFAULT 'FAIL';
  ALTER TABLE role ADD COLUMN silent_after_ms INTEGER NOT NULL DEFAULT 0;
  `,
  // Who an instance is: the first key that it showed, and the one certificate that its calls are accepted with.
  `
  CREATE TABLE trust (
    instance_id TEXT PRIMARY KEY,
    attestor TEXT NOT NULL,
    account_id TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    active_serial TEXT NOT NULL,
    next_serial TEXT NOT NULL,
    next_key_hash TEXT NOT NULL,
    generation INTEGER NOT NULL,
    pending_time INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    readmitted INTEGER NOT NULL,
    attest_time INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX trust_age ON trust (attest_time);
  CREATE INDEX trust_key ON trust (key_hash);
  CREATE TABLE join_token (
    -- SHA-256 of the token, which nobody has but its holder.
    hash TEXT PRIMARY KEY,
    instance_id TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    expire_time INTEGER NOT NULL,
    redeem_time INTEGER NOT NULL DEFAULT 0,
    redeemed_by TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE INDEX join_token_expiry ON join_token (expire_time);
  `,
  // Assignments belong to who asked for them, and so do request ids. SQLite drops a constraint with its table only.
  `
  CREATE TABLE owned_assignment (
    assignment_id TEXT PRIMARY KEY,
    -- The principal that asked for it, such as client/web.
    owner TEXT NOT NULL DEFAULT 'operator/local',
    request_id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    content_hash TEXT NOT NULL DEFAULT '',
    user TEXT NOT NULL,
    role TEXT NOT NULL,
    environment TEXT NOT NULL,
    env TEXT NOT NULL,
    files TEXT NOT NULL DEFAULT '{}',
    state TEXT NOT NULL,
    instance_id TEXT NOT NULL DEFAULT '',
    endpoints TEXT NOT NULL DEFAULT '[]',
    create_time INTEGER NOT NULL,
    received_steady REAL NOT NULL DEFAULT 0,
    pending_steady REAL NOT NULL DEFAULT 0,
    release_time INTEGER NOT NULL DEFAULT 0,
    expire_time INTEGER NOT NULL DEFAULT 0,
    -- NULL without a time to live.
    expire_steady REAL,
    attempt INTEGER NOT NULL DEFAULT 0,
    attempts TEXT NOT NULL DEFAULT '[]',
    failure_reason TEXT NOT NULL DEFAULT '',
    fault TEXT NOT NULL DEFAULT '',
    timings TEXT NOT NULL DEFAULT '{}',
    replaces TEXT NOT NULL DEFAULT '',
    wait TEXT NOT NULL DEFAULT 'CLAIMED',
    answered INTEGER NOT NULL DEFAULT 0,
    abandoned INTEGER NOT NULL DEFAULT 0,
    traceparent TEXT NOT NULL DEFAULT '',
    tracestate TEXT NOT NULL DEFAULT '',
    UNIQUE (owner, request_id)
  ) STRICT;
  INSERT INTO owned_assignment SELECT assignment_id, 'operator/local', request_id, fingerprint, content_hash, user, role,
    environment, env, files, state, instance_id, endpoints, create_time, received_steady, pending_steady, release_time,
    expire_time, expire_steady, attempt, attempts, failure_reason, fault, timings, replaces, wait, answered, abandoned,
    traceparent, tracestate FROM assignment;
  DROP TABLE assignment;
  ALTER TABLE owned_assignment RENAME TO assignment;
  CREATE UNIQUE INDEX assignment_live ON assignment (instance_id)
    WHERE state IN ('CLAIMED', 'DELIVERED', 'STARTING', 'SERVING', 'RELEASING');
  CREATE INDEX assignment_created ON assignment (create_time, assignment_id);
  CREATE INDEX assignment_user ON assignment (user, create_time, assignment_id);
  CREATE INDEX assignment_instance ON assignment (instance_id, release_time);
  CREATE INDEX assignment_waiting ON assignment (role, create_time, assignment_id) WHERE state = 'PENDING';
  CREATE INDEX assignment_under_way ON assignment (state) WHERE state IN ('CLAIMED', 'DELIVERED', 'STARTING');
  CREATE INDEX assignment_expiring ON assignment (expire_steady)
    WHERE expire_steady IS NOT NULL AND state IN ('PENDING', 'CLAIMED', 'DELIVERED', 'STARTING', 'SERVING');
  CREATE INDEX assignment_fault ON assignment (owner, user, role, environment, release_time) WHERE fault = 'USER';
  CREATE INDEX assignment_owned ON assignment (owner, user, role, environment, create_time)
    WHERE state IN ('PENDING', 'CLAIMED', 'DELIVERED', 'STARTING', 'SERVING');
  `,
  // What was reported of instances that never checked in has no age by which it is removed.
  `
  DELETE FROM span WHERE instance_id NOT IN (SELECT instance_id FROM instance);
  DELETE FROM reported WHERE instance_id NOT IN (SELECT instance_id FROM instance);
  DELETE FROM report WHERE instance_id NOT IN (SELECT instance_id FROM instance);
  DELETE FROM sample_block WHERE instance_id NOT IN (SELECT instance_id FROM instance);
  `,
  // Tokens that callers show instead of certificates.
  `
  CREATE TABLE access_token (
    token_id TEXT PRIMARY KEY,
    -- SHA-256 of the token, which nobody has but its holder.
    hash TEXT NOT NULL UNIQUE,
    principal TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    expire_time INTEGER NOT NULL
  ) STRICT;
  `,
  // What attempts used. A live one is counted from now on; figures are NULL until a sample has them.
  `
  CREATE TABLE usage (
    assignment_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    owner TEXT NOT NULL,
    user TEXT NOT NULL,
    environment TEXT NOT NULL,
    role TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    start_time INTEGER NOT NULL,
    -- 0 while the attempt runs.
    end_time INTEGER NOT NULL,
    sampled_ms REAL NOT NULL DEFAULT 0,
    cpu_ms REAL,
    memory_bytes REAL,
    disk_read_bytes REAL,
    disk_write_bytes REAL,
    network_receive_bytes REAL,
    network_transmit_bytes REAL,
    PRIMARY KEY (assignment_id, attempt)
  ) STRICT;
  CREATE INDEX usage_instance ON usage (instance_id, start_time);
  CREATE INDEX usage_ended ON usage (end_time);
  INSERT INTO usage (assignment_id, attempt, owner, user, environment, role, instance_id, start_time, end_time)
    SELECT assignment_id, attempt, owner, user, environment, role, instance_id, attempts ->> '$[#-1].startTime', 0
    FROM assignment
    WHERE state IN ('DELIVERED', 'STARTING', 'SERVING', 'RELEASING') AND attempts ->> '$[#-1].outcome' = 'RUNNING';
  `,
  // What orders set is sealed outside of the store; the coordinator seals these rows at its start.
  `
  -- The id of the key; empty when env, files and hashes are not sealed yet.
  ALTER TABLE assignment ADD COLUMN sealed_by TEXT NOT NULL DEFAULT '';
  `,
  // Whether the metadata service answers containers that should not reach it.
  `
  ALTER TABLE offer ADD COLUMN imds_exposed INTEGER NOT NULL DEFAULT 0;
  `,
  // Pools, the calls that fill them, and the machines that came of it.
  `
  -- What machines carry in a tag, so that a provider's listing shows those of this store.
  CREATE TABLE fleet (fleet_id TEXT PRIMARY KEY) STRICT;
  CREATE TABLE pool (
    name TEXT PRIMARY KEY,
    spec TEXT NOT NULL,
    -- Of what its machines are made from.
    spec_hash TEXT NOT NULL,
    -- A plan is committed only if it was made from the newest revision.
    revision INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0,
    paused TEXT NOT NULL DEFAULT '',
    broken TEXT NOT NULL DEFAULT '',
    breaker TEXT NOT NULL DEFAULT '',
    -- Targets that may still hold the next one up.
    past TEXT NOT NULL DEFAULT '[]',
    status TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE TABLE launch (
    launch_id TEXT PRIMARY KEY,
    pool TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE,
    -- The whole call: a retry sends these bytes.
    request TEXT NOT NULL,
    wanted INTEGER NOT NULL,
    state TEXT NOT NULL,
    code TEXT NOT NULL DEFAULT '',
    tries INTEGER NOT NULL DEFAULT 0,
    -- Times are on the steady clock.
    next_try REAL NOT NULL DEFAULT 0,
    planned REAL NOT NULL,
    asked REAL NOT NULL DEFAULT 0,
    answered REAL NOT NULL DEFAULT 0,
    -- It is not asked again, only looked for.
    only_look INTEGER NOT NULL DEFAULT 0,
    looks INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX launch_open ON launch (planned) WHERE state IN ('PLANNED', 'ASKED');
  CREATE INDEX launch_planned ON launch (planned);
  -- What the provider has; its instance is what its agent told.
  CREATE TABLE machine (
    instance_id TEXT PRIMARY KEY,
    launch_id TEXT NOT NULL,
    pool TEXT NOT NULL,
    spec_hash TEXT NOT NULL,
    market TEXT NOT NULL,
    instance_type TEXT NOT NULL,
    subnet_id TEXT NOT NULL,
    zone TEXT NOT NULL,
    image_id TEXT NOT NULL,
    provider_state TEXT NOT NULL,
    bound REAL NOT NULL,
    seen REAL NOT NULL,
    absent INTEGER NOT NULL DEFAULT 0,
    absent_since REAL NOT NULL DEFAULT 0,
    protected INTEGER NOT NULL DEFAULT 0,
    outcome TEXT NOT NULL DEFAULT '',
    end_reason TEXT NOT NULL DEFAULT '',
    next_end REAL NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX machine_launch ON machine (launch_id);
  CREATE INDEX machine_ending ON machine (next_end) WHERE end_reason <> '';
  -- Where the provider refused, and until when it is not asked again.
  CREATE TABLE offering (
    offering_key TEXT PRIMARY KEY,
    until_steady REAL NOT NULL,
    code TEXT NOT NULL,
    strikes INTEGER NOT NULL
  ) STRICT;
  `,
  // Several coordinators on one store, which there can be on PostgreSQL only.
  `
  ALTER TABLE instance ADD COLUMN session_replica TEXT NOT NULL DEFAULT '';
  ALTER TABLE assignment ADD COLUMN awaited_by TEXT NOT NULL DEFAULT '';
  `,
  // Host names that follow assignments.
  `
  ALTER TABLE assignment ADD COLUMN routes TEXT NOT NULL DEFAULT '[]';
  -- It is being released, and its containers go on until publishers have dropped its address.
  ALTER TABLE assignment ADD COLUMN stop_held INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE route (
    name TEXT PRIMARY KEY,
    assignment_id TEXT NOT NULL,
    -- The one that replaces it and gets the name when it serves; empty for none.
    next_assignment_id TEXT NOT NULL DEFAULT '',
    owner TEXT NOT NULL,
    container TEXT NOT NULL,
    port INTEGER NOT NULL,
    scheme TEXT NOT NULL,
    state TEXT NOT NULL,
    -- Of a RESERVED one: the address that it waits for, as it still belongs to another assignment.
    host TEXT NOT NULL DEFAULT '',
    target_port INTEGER NOT NULL DEFAULT 0,
    generation INTEGER NOT NULL,
    published_time INTEGER NOT NULL DEFAULT 0,
    routed_time INTEGER NOT NULL DEFAULT 0,
    withdrawn_time INTEGER NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE UNIQUE INDEX route_generation ON route (generation);
  CREATE INDEX route_assignment ON route (assignment_id);
  CREATE INDEX route_next ON route (next_assignment_id) WHERE next_assignment_id <> '';
  CREATE INDEX route_unrouted ON route (generation) WHERE state = 'PUBLISHED' AND routed_time = 0;
  CREATE INDEX route_held ON route (host, target_port) WHERE state = 'RESERVED' AND host <> '';
  CREATE INDEX route_withdrawn ON route (withdrawn_time) WHERE state = 'WITHDRAWN';
  -- A name leads to an assignment that serves, whatever the code does.
  CREATE TRIGGER route_serves BEFORE UPDATE ON route
    WHEN NEW.state = 'PUBLISHED'
      AND (SELECT state FROM assignment WHERE assignment_id = NEW.assignment_id) IS NOT 'SERVING'
  BEGIN
    SELECT raise(ABORT, 'a route leads to an assignment that does not serve');
  END;
  -- The generation of the newest change of any route.
  CREATE TABLE route_clock (generation INTEGER NOT NULL) STRICT;
  INSERT INTO route_clock VALUES (0);
  -- Whose an address is. Nobody else gets it until hold_until, which is NULL while a publisher may still send somebody there.
  CREATE TABLE target (
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    assignment_id TEXT NOT NULL,
    dropped_generation INTEGER NOT NULL DEFAULT 0,
    dropped_steady REAL NOT NULL DEFAULT 0,
    hold_until REAL,
    PRIMARY KEY (host, port)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX target_assignment ON target (assignment_id);
  CREATE INDEX target_dropped ON target (dropped_steady) WHERE hold_until IS NULL AND dropped_generation > 0;
  CREATE INDEX target_held ON target (hold_until) WHERE hold_until IS NOT NULL;
  -- Who makes routes visible, and up to which generation everything is.
  CREATE TABLE publisher (
    name TEXT NOT NULL,
    -- The coordinator whose own it is; empty for one that reads WatchRoutes, and where there is one coordinator.
    replica_id TEXT NOT NULL,
    generation INTEGER NOT NULL DEFAULT 0,
    confirm_time INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (name, replica_id)
  ) STRICT;
  `,
  `
  -- Machine images and the builds that they come of. Times that end in _steady are on the steady clock.
  CREATE TABLE image_build (
    build_id TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    -- What it is made from, frozen when it is asked for.
    request TEXT NOT NULL,
    facts TEXT NOT NULL,
    image_id TEXT NOT NULL DEFAULT '',
    is_current INTEGER NOT NULL DEFAULT 0,
    -- It owns no machine any more, and no call of it is open.
    is_closed INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL DEFAULT 0,
    promoted_time INTEGER NOT NULL DEFAULT 0,
    create_time INTEGER NOT NULL,
    state_time INTEGER NOT NULL,
    state_steady REAL NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX image_current ON image_build (channel) WHERE is_current = 1;
  CREATE INDEX image_open ON image_build (create_time) WHERE is_closed = 0;
  CREATE INDEX image_unproven ON image_build (image_id) WHERE state IN ('BUILDING', 'PROVING', 'FAILED');
  CREATE INDEX machine_pool ON machine (pool);
  CREATE INDEX launch_pool ON launch (pool);
  `,
  // What is kept costs nothing: what goes on is found by indexes that have nothing else. Which machines share an identity is
  // said by columns of their own, and one that does not know its id shares it with nobody.
  `
  ALTER TABLE instance ADD COLUMN engine_id TEXT NOT NULL DEFAULT '';
  ALTER TABLE instance ADD COLUMN machine_id_hash TEXT NOT NULL DEFAULT '';
  UPDATE instance SET engine_id = coalesce(facts ->> 'engineId', ''), machine_id_hash = coalesce(facts ->> 'machineIdHash', '');
  DROP INDEX instance_engine;
  DROP INDEX instance_machine;
  CREATE INDEX instance_engine ON instance (engine_id, check_in_time)
    WHERE engine_id <> '' AND state NOT IN ('RETIRED', 'LOST', 'TERMINATED', 'QUARANTINED');
  CREATE INDEX instance_machine ON instance (machine_id_hash, check_in_time)
    WHERE machine_id_hash <> '' AND state NOT IN ('RETIRED', 'LOST', 'TERMINATED', 'QUARANTINED');
  CREATE INDEX instance_connected ON instance (session_replica) WHERE connected = 1;
  CREATE INDEX instance_behind ON instance (instance_id) WHERE connected = 1 AND observed_generation < generation;
  CREATE INDEX instance_ec2_silent ON instance (instance_id) WHERE connected = 0 AND ec2 <> '' AND state <> 'TERMINATED';
  CREATE INDEX assignment_unanswered ON assignment (awaited_by) WHERE answered = 0 AND release_time = 0;
  CREATE INDEX assignment_unsealed ON assignment (assignment_id) WHERE sealed_by = '';
  CREATE INDEX assignment_sealed ON assignment (sealed_by) WHERE env <> '{}' OR files <> '{}';
  DROP INDEX instance_state;
  CREATE INDEX instance_state ON instance (state, state_steady, connected);
  CREATE INDEX instance_fell ON instance (session_steady) WHERE connected = 0;
  CREATE INDEX route_kept ON route (assignment_id) WHERE state <> 'WITHDRAWN';
  CREATE INDEX machine_present ON machine (instance_id) WHERE provider_state <> 'terminated';
  CREATE INDEX machine_over ON machine (seen) WHERE provider_state = 'terminated';
  CREATE INDEX launch_over ON launch (answered) WHERE state NOT IN ('PLANNED', 'ASKED');
  `,
  `
  -- Requests for a role in one slot of five minutes, by steps of ten seconds.
  CREATE TABLE demand (
    role TEXT NOT NULL,
    slot INTEGER NOT NULL,
    counts TEXT NOT NULL,
    PRIMARY KEY (role, slot)
  ) STRICT;
  CREATE INDEX demand_slot ON demand (slot);
  -- Requests that will come, as somebody says.
  CREATE TABLE expectation (
    request_id TEXT PRIMARY KEY,
    pool TEXT NOT NULL,
    count INTEGER NOT NULL,
    start_time INTEGER NOT NULL,
    end_time INTEGER NOT NULL
  ) STRICT;
  `,
  // Environments of branches.
  `
  CREATE TABLE preview (
    preview_id TEXT PRIMARY KEY,
    repository_id INTEGER NOT NULL,
    repository TEXT NOT NULL,
    key TEXT NOT NULL,
    -- What GitHub said, as JSON.
    head TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    -- When the news behind the sequence was received.
    receive_time INTEGER NOT NULL,
    done_sequence INTEGER NOT NULL DEFAULT 0,
    next_look INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL,
    assignment_id TEXT NOT NULL DEFAULT '',
    -- What became of it, as JSON.
    outcome TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,
    -- The revision that GitHub was told of.
    told_revision INTEGER NOT NULL DEFAULT 0,
    next_report INTEGER NOT NULL DEFAULT 0,
    reported TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX preview_key ON preview (repository_id, key);
  -- Deliveries that were taken, so that none is taken twice.
  CREATE TABLE delivery (
    hook TEXT NOT NULL,
    guid TEXT NOT NULL,
    receive_time INTEGER NOT NULL,
    PRIMARY KEY (hook, guid)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX delivery_received ON delivery (receive_time);
  `,
  // Jobs of workflows.
  `
  CREATE TABLE job (
    job_id INTEGER PRIMARY KEY,
    repository TEXT NOT NULL,
    status TEXT NOT NULL,
    -- What GitHub said, as JSON.
    job TEXT NOT NULL,
    receive_time INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX job_repository ON job (repository, job_id);
  CREATE INDEX job_received ON job (receive_time);
  `,
];
