/** Ordered by bytes, as SQLite does: pages of a list must follow each other the same way everywhere. */
const TEXT = 'TEXT COLLATE "C"';

/** One per version; a store of version N has had the first N. Never change one that was released. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE instance (
    instance_id ${TEXT} PRIMARY KEY,
    state ${TEXT} NOT NULL,
    state_reason ${TEXT} NOT NULL DEFAULT '',
    facts JSON NOT NULL,
    roles JSON NOT NULL,
    boot_id ${TEXT} NOT NULL,
    generation BIGINT NOT NULL DEFAULT 0,
    observed_generation BIGINT NOT NULL DEFAULT 0,
    check_in_time BIGINT NOT NULL,
    last_seen_time BIGINT NOT NULL,
    ready_time BIGINT NOT NULL DEFAULT 0,
    ec2 ${TEXT} NOT NULL DEFAULT '',
    -- Rises whenever EC2 has to be looked at; done up to ec2_synced.
    ec2_revision BIGINT NOT NULL DEFAULT 0,
    ec2_synced BIGINT NOT NULL DEFAULT 0,
    -- How the instance's clock stands to the coordinator's; all three NULL until it was measured.
    clock_offset_ms DOUBLE PRECISION,
    clock_uncertainty_ms DOUBLE PRECISION,
    clock_time BIGINT,
    session_id ${TEXT} NOT NULL DEFAULT '',
    connected BIGINT NOT NULL DEFAULT 0,
    session_steady DOUBLE PRECISION NOT NULL DEFAULT 0,
    state_time BIGINT NOT NULL DEFAULT 0,
    state_steady DOUBLE PRECISION NOT NULL DEFAULT 0,
    last_assignment ${TEXT} NOT NULL DEFAULT '',
    had_user BIGINT NOT NULL DEFAULT 0
  ) WITH (fillfactor = 80);
  CREATE INDEX instance_engine ON instance ((facts ->> 'engineId'));
  CREATE INDEX instance_machine ON instance ((facts ->> 'machineIdHash'));
  CREATE INDEX instance_ec2 ON instance (instance_id) WHERE ec2_synced < ec2_revision;
  CREATE INDEX instance_seen ON instance (last_seen_time);
  CREATE INDEX instance_state ON instance (state, state_steady);

  -- The roles of instances that are not over.
  CREATE TABLE offer (
    role ${TEXT} NOT NULL,
    instance_id ${TEXT} NOT NULL REFERENCES instance (instance_id),
    user_env ${TEXT} NOT NULL,
    warmth DOUBLE PRECISION NOT NULL DEFAULT 1,
    takes_files BIGINT NOT NULL DEFAULT 0,
    -- Since when the instance is READY, while it is connected too; NULL otherwise.
    ready_time BIGINT,
    PRIMARY KEY (role, instance_id)
  );
  CREATE INDEX offer_instance ON offer (instance_id);
  CREATE INDEX offer_ready ON offer (role, ready_time, instance_id) WHERE ready_time IS NOT NULL;
  -- Keeps the two in step, whatever changes an instance.
  CREATE FUNCTION update_offers() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE offer SET ready_time = CASE WHEN NEW.state = 'READY' AND NEW.connected = 1 THEN NEW.ready_time END
      WHERE instance_id = NEW.instance_id;
      RETURN NULL;
    END $$;
  CREATE TRIGGER instance_offers AFTER UPDATE OF state, connected, ready_time ON instance FOR EACH ROW
    WHEN (OLD.state <> NEW.state OR OLD.connected <> NEW.connected OR OLD.ready_time <> NEW.ready_time)
    EXECUTE FUNCTION update_offers();

  CREATE TABLE assignment (
    assignment_id ${TEXT} PRIMARY KEY,
    -- The principal that asked for it, such as client/web.
    owner ${TEXT} NOT NULL,
    request_id ${TEXT} NOT NULL,
    fingerprint ${TEXT} NOT NULL,
    content_hash ${TEXT} NOT NULL DEFAULT '',
    "user" ${TEXT} NOT NULL,
    role ${TEXT} NOT NULL,
    environment ${TEXT} NOT NULL,
    env ${TEXT} NOT NULL,
    files ${TEXT} NOT NULL DEFAULT '{}',
    state ${TEXT} NOT NULL,
    instance_id ${TEXT} NOT NULL DEFAULT '',
    endpoints ${TEXT} NOT NULL DEFAULT '[]',
    create_time BIGINT NOT NULL,
    -- On the steady clock of the coordinator; see Moment.
    received_steady DOUBLE PRECISION NOT NULL DEFAULT 0,
    pending_steady DOUBLE PRECISION NOT NULL DEFAULT 0,
    release_time BIGINT NOT NULL DEFAULT 0,
    expire_time BIGINT NOT NULL DEFAULT 0,
    -- NULL without a time to live.
    expire_steady DOUBLE PRECISION,
    attempt BIGINT NOT NULL DEFAULT 0,
    attempts JSON NOT NULL DEFAULT '[]',
    failure_reason ${TEXT} NOT NULL DEFAULT '',
    fault ${TEXT} NOT NULL DEFAULT '',
    timings ${TEXT} NOT NULL DEFAULT '{}',
    replaces ${TEXT} NOT NULL DEFAULT '',
    -- How far the caller waits, whether it was answered, and whether it has given up.
    wait ${TEXT} NOT NULL DEFAULT 'CLAIMED',
    answered BIGINT NOT NULL DEFAULT 0,
    abandoned BIGINT NOT NULL DEFAULT 0,
    traceparent ${TEXT} NOT NULL DEFAULT '',
    tracestate ${TEXT} NOT NULL DEFAULT '',
    -- The id of the key; empty when env, files and hashes are not sealed yet.
    sealed_by ${TEXT} NOT NULL DEFAULT '',
    UNIQUE (owner, request_id)
  ) WITH (fillfactor = 80);
  -- An instance is in at most one live assignment, whatever the code does.
  CREATE UNIQUE INDEX assignment_live ON assignment (instance_id)
    WHERE state IN ('CLAIMED', 'DELIVERED', 'STARTING', 'SERVING', 'RELEASING');
  CREATE INDEX assignment_created ON assignment (create_time, assignment_id);
  CREATE INDEX assignment_user ON assignment ("user", create_time, assignment_id);
  CREATE INDEX assignment_instance ON assignment (instance_id, release_time);
  CREATE INDEX assignment_waiting ON assignment (role, create_time, assignment_id) WHERE state = 'PENDING';
  CREATE INDEX assignment_under_way ON assignment (state) WHERE state IN ('CLAIMED', 'DELIVERED', 'STARTING');
  CREATE INDEX assignment_expiring ON assignment (expire_steady)
    WHERE expire_steady IS NOT NULL AND state IN ('PENDING', 'CLAIMED', 'DELIVERED', 'STARTING', 'SERVING');
  CREATE INDEX assignment_fault ON assignment (owner, "user", role, environment, release_time) WHERE fault = 'USER';
  CREATE INDEX assignment_owned ON assignment (owner, "user", role, environment, create_time)
    WHERE state IN ('PENDING', 'CLAIMED', 'DELIVERED', 'STARTING', 'SERVING');

  CREATE TABLE role (
    name ${TEXT} PRIMARY KEY,
    user_env ${TEXT} NOT NULL,
    takes_files BIGINT NOT NULL DEFAULT 0,
    on_loss ${TEXT} NOT NULL DEFAULT 'FAIL',
    silent_after_ms BIGINT NOT NULL DEFAULT 0
  );

  CREATE TABLE report (
    instance_id ${TEXT} NOT NULL,
    boot_id ${TEXT} NOT NULL,
    sequence BIGINT NOT NULL,
    at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (instance_id, boot_id)
  );
  CREATE INDEX report_at ON report (at);
  CREATE TABLE span (
    instance_id ${TEXT} NOT NULL,
    boot_id ${TEXT} NOT NULL,
    span_id ${TEXT} NOT NULL,
    start_ns BIGINT NOT NULL,
    body JSON NOT NULL,
    received_ms BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (instance_id, boot_id, span_id)
  );
  CREATE INDEX span_received ON span (received_ms);
  CREATE TABLE reported (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    instance_id ${TEXT} NOT NULL,
    kind ${TEXT} NOT NULL,
    body JSON NOT NULL
  );
  CREATE INDEX reported_instance ON reported (instance_id, kind);
  CREATE TABLE sample_block (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    instance_id ${TEXT} NOT NULL,
    container ${TEXT} NOT NULL,
    -- 0 as they came, else the length of the stretches that they were joined into.
    stretch_ms BIGINT NOT NULL,
    -- When the first began, and when the last ended.
    start_ms BIGINT NOT NULL,
    end_ms BIGINT NOT NULL,
    samples BYTEA NOT NULL
  );
  CREATE INDEX sample_block_place ON sample_block (instance_id, stretch_ms, start_ms);
  CREATE INDEX sample_block_age ON sample_block (stretch_ms, start_ms, end_ms, instance_id);

  CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    instance_id ${TEXT} NOT NULL,
    assignment_id ${TEXT} NOT NULL,
    event ${TEXT} NOT NULL,
    state ${TEXT} NOT NULL,
    reason ${TEXT} NOT NULL
  );
  CREATE INDEX audit_instance ON audit (instance_id, seq);
  CREATE INDEX audit_assignment ON audit (assignment_id, seq) WHERE assignment_id <> '';
  CREATE INDEX audit_at ON audit (at);
  CREATE TABLE audit_removed (seq BIGINT NOT NULL);
  INSERT INTO audit_removed VALUES (0);
  -- A sequence gives numbers before they are committed, so a reader could pass one that appears later. This row is locked
  -- until the transaction ends: events have no gaps and come in the order of their commits.
  CREATE TABLE audit_newest (seq BIGINT NOT NULL);
  INSERT INTO audit_newest VALUES (0);
  CREATE FUNCTION number_event() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      -- An event that is copied has its number already.
      UPDATE audit_newest SET seq = greatest(seq + 1, NEW.seq) RETURNING seq INTO NEW.seq;
      RETURN NEW;
    END $$;
  CREATE TRIGGER audit_number BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION number_event();

  -- Who an instance is: the first key that it showed, and the one certificate that its calls are accepted with.
  CREATE TABLE trust (
    instance_id ${TEXT} PRIMARY KEY,
    attestor ${TEXT} NOT NULL,
    account_id ${TEXT} NOT NULL,
    key_hash ${TEXT} NOT NULL,
    active_serial ${TEXT} NOT NULL,
    next_serial ${TEXT} NOT NULL,
    next_key_hash ${TEXT} NOT NULL,
    generation BIGINT NOT NULL,
    pending_time BIGINT NOT NULL,
    state ${TEXT} NOT NULL,
    reason ${TEXT} NOT NULL,
    readmitted BIGINT NOT NULL,
    attest_time BIGINT NOT NULL
  );
  CREATE INDEX trust_age ON trust (attest_time);
  CREATE INDEX trust_key ON trust (key_hash);
  CREATE TABLE join_token (
    -- SHA-256 of the token, which nobody has but its holder.
    hash ${TEXT} PRIMARY KEY,
    instance_id ${TEXT} NOT NULL,
    create_time BIGINT NOT NULL,
    expire_time BIGINT NOT NULL,
    redeem_time BIGINT NOT NULL DEFAULT 0,
    redeemed_by ${TEXT} NOT NULL DEFAULT ''
  );
  CREATE INDEX join_token_expiry ON join_token (expire_time);
  -- Tokens that callers show instead of certificates.
  CREATE TABLE access_token (
    token_id ${TEXT} PRIMARY KEY,
    -- SHA-256 of the token, which nobody has but its holder.
    hash ${TEXT} NOT NULL UNIQUE,
    principal ${TEXT} NOT NULL,
    create_time BIGINT NOT NULL,
    expire_time BIGINT NOT NULL
  );

  -- What attempts used; figures are NULL until a sample has them.
  CREATE TABLE usage (
    assignment_id ${TEXT} NOT NULL,
    attempt BIGINT NOT NULL,
    owner ${TEXT} NOT NULL,
    "user" ${TEXT} NOT NULL,
    environment ${TEXT} NOT NULL,
    role ${TEXT} NOT NULL,
    instance_id ${TEXT} NOT NULL,
    start_time BIGINT NOT NULL,
    -- 0 while the attempt runs.
    end_time BIGINT NOT NULL,
    sampled_ms DOUBLE PRECISION NOT NULL DEFAULT 0,
    cpu_ms DOUBLE PRECISION,
    memory_bytes DOUBLE PRECISION,
    disk_read_bytes DOUBLE PRECISION,
    disk_write_bytes DOUBLE PRECISION,
    network_receive_bytes DOUBLE PRECISION,
    network_transmit_bytes DOUBLE PRECISION,
    PRIMARY KEY (assignment_id, attempt)
  );
  CREATE INDEX usage_instance ON usage (instance_id, start_time);
  CREATE INDEX usage_ended ON usage (end_time);
  `,
  // Whether the metadata service answers containers that should not reach it.
  `
  ALTER TABLE offer ADD COLUMN imds_exposed BIGINT NOT NULL DEFAULT 0;
  `,
  `
  -- What machines carry in a tag, so that a provider's listing shows those of this store.
  CREATE TABLE fleet (fleet_id ${TEXT} PRIMARY KEY);
  CREATE TABLE pool (
    name ${TEXT} PRIMARY KEY,
    spec ${TEXT} NOT NULL,
    -- Of what its machines are made from.
    spec_hash ${TEXT} NOT NULL,
    -- A plan is committed only if it was made from the newest revision.
    revision BIGINT NOT NULL DEFAULT 0,
    deleted BIGINT NOT NULL DEFAULT 0,
    paused ${TEXT} NOT NULL DEFAULT '',
    broken ${TEXT} NOT NULL DEFAULT '',
    breaker ${TEXT} NOT NULL DEFAULT '',
    -- Targets that may still hold the next one up.
    past ${TEXT} NOT NULL DEFAULT '[]',
    status ${TEXT} NOT NULL DEFAULT ''
  );
  CREATE TABLE launch (
    launch_id ${TEXT} PRIMARY KEY,
    pool ${TEXT} NOT NULL,
    token ${TEXT} NOT NULL UNIQUE,
    -- The whole call: a retry sends these bytes.
    request ${TEXT} NOT NULL,
    wanted BIGINT NOT NULL,
    state ${TEXT} NOT NULL,
    code ${TEXT} NOT NULL DEFAULT '',
    tries BIGINT NOT NULL DEFAULT 0,
    -- Times are on the steady clock.
    next_try DOUBLE PRECISION NOT NULL DEFAULT 0,
    planned DOUBLE PRECISION NOT NULL,
    asked DOUBLE PRECISION NOT NULL DEFAULT 0,
    answered DOUBLE PRECISION NOT NULL DEFAULT 0,
    -- It is not asked again, only looked for.
    only_look BIGINT NOT NULL DEFAULT 0,
    looks BIGINT NOT NULL DEFAULT 0
  );
  CREATE INDEX launch_open ON launch (planned) WHERE state IN ('PLANNED', 'ASKED');
  CREATE INDEX launch_planned ON launch (planned);
  -- What the provider has; its instance is what its agent told.
  CREATE TABLE machine (
    instance_id ${TEXT} PRIMARY KEY,
    launch_id ${TEXT} NOT NULL,
    pool ${TEXT} NOT NULL,
    spec_hash ${TEXT} NOT NULL,
    market ${TEXT} NOT NULL,
    instance_type ${TEXT} NOT NULL,
    subnet_id ${TEXT} NOT NULL,
    zone ${TEXT} NOT NULL,
    image_id ${TEXT} NOT NULL,
    provider_state ${TEXT} NOT NULL,
    bound DOUBLE PRECISION NOT NULL,
    seen DOUBLE PRECISION NOT NULL,
    absent BIGINT NOT NULL DEFAULT 0,
    absent_since DOUBLE PRECISION NOT NULL DEFAULT 0,
    protected BIGINT NOT NULL DEFAULT 0,
    outcome ${TEXT} NOT NULL DEFAULT '',
    end_reason ${TEXT} NOT NULL DEFAULT '',
    next_end DOUBLE PRECISION NOT NULL DEFAULT 0
  );
  CREATE INDEX machine_launch ON machine (launch_id);
  CREATE INDEX machine_ending ON machine (next_end) WHERE end_reason <> '';
  -- Where the provider refused, and until when it is not asked again.
  CREATE TABLE offering (
    offering_key ${TEXT} PRIMARY KEY,
    until_steady DOUBLE PRECISION NOT NULL,
    code ${TEXT} NOT NULL,
    strikes BIGINT NOT NULL
  );
  `,
  // Several coordinators on one store.
  `
  CREATE TABLE replica (
    replica_id ${TEXT} PRIMARY KEY,
    -- Where it listens, for people.
    address ${TEXT} NOT NULL DEFAULT '',
    version ${TEXT} NOT NULL,
    start_time TIMESTAMPTZ NOT NULL,
    lease_until TIMESTAMPTZ NOT NULL,
    -- Since when its lease has not run out.
    live_since TIMESTAMPTZ NOT NULL
  );
  -- Which of them keeps house.
  CREATE TABLE leader (replica_id ${TEXT} NOT NULL);
  INSERT INTO leader VALUES ('');
  -- Where the agent's session is.
  ALTER TABLE instance ADD COLUMN session_replica ${TEXT} NOT NULL DEFAULT '';
  -- Where the caller waits, or waited last.
  ALTER TABLE assignment ADD COLUMN awaited_by ${TEXT} NOT NULL DEFAULT '';
  `,
  // Host names that follow assignments.
  `
  ALTER TABLE assignment ADD COLUMN routes JSON NOT NULL DEFAULT '[]';
  -- It is being released, and its containers go on until publishers have dropped its address.
  ALTER TABLE assignment ADD COLUMN stop_held BIGINT NOT NULL DEFAULT 0;
  CREATE TABLE route (
    name ${TEXT} PRIMARY KEY,
    assignment_id ${TEXT} NOT NULL,
    -- The one that replaces it and gets the name when it serves; empty for none.
    next_assignment_id ${TEXT} NOT NULL DEFAULT '',
    owner ${TEXT} NOT NULL,
    container ${TEXT} NOT NULL,
    port BIGINT NOT NULL,
    scheme ${TEXT} NOT NULL,
    state ${TEXT} NOT NULL,
    -- Of a RESERVED one: the address that it waits for, as it still belongs to another assignment.
    host ${TEXT} NOT NULL DEFAULT '',
    target_port BIGINT NOT NULL DEFAULT 0,
    generation BIGINT NOT NULL,
    published_time BIGINT NOT NULL DEFAULT 0,
    routed_time BIGINT NOT NULL DEFAULT 0,
    withdrawn_time BIGINT NOT NULL DEFAULT 0,
    problem ${TEXT} NOT NULL DEFAULT ''
  );
  CREATE UNIQUE INDEX route_generation ON route (generation);
  CREATE INDEX route_assignment ON route (assignment_id);
  CREATE INDEX route_next ON route (next_assignment_id) WHERE next_assignment_id <> '';
  CREATE INDEX route_unrouted ON route (generation) WHERE state = 'PUBLISHED' AND routed_time = 0;
  CREATE INDEX route_held ON route (host, target_port) WHERE state = 'RESERVED' AND host <> '';
  CREATE INDEX route_withdrawn ON route (withdrawn_time) WHERE state = 'WITHDRAWN';
  -- A name leads to an assignment that serves, whatever the code does.
  CREATE FUNCTION check_route() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF (SELECT state FROM assignment WHERE assignment_id = NEW.assignment_id) IS DISTINCT FROM 'SERVING' THEN
      RAISE EXCEPTION 'a route leads to an assignment that does not serve';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER route_serves BEFORE UPDATE ON route FOR EACH ROW
    WHEN (NEW.state = 'PUBLISHED') EXECUTE FUNCTION check_route();
  -- The generation of the newest change of any route.
  CREATE TABLE route_clock (generation BIGINT NOT NULL);
  INSERT INTO route_clock VALUES (0);
  -- Whose an address is. Nobody else gets it until hold_until, which is NULL while a publisher may still send somebody there.
  CREATE TABLE target (
    host ${TEXT} NOT NULL,
    port BIGINT NOT NULL,
    assignment_id ${TEXT} NOT NULL,
    dropped_generation BIGINT NOT NULL DEFAULT 0,
    dropped_steady DOUBLE PRECISION NOT NULL DEFAULT 0,
    hold_until DOUBLE PRECISION,
    PRIMARY KEY (host, port)
  );
  CREATE INDEX target_assignment ON target (assignment_id);
  CREATE INDEX target_dropped ON target (dropped_steady) WHERE hold_until IS NULL AND dropped_generation > 0;
  CREATE INDEX target_held ON target (hold_until) WHERE hold_until IS NOT NULL;
  -- Who makes routes visible, and up to which generation everything is.
  CREATE TABLE publisher (
    name ${TEXT} NOT NULL,
    -- The coordinator whose own it is; empty for one that reads WatchRoutes, and where there is one coordinator.
    replica_id ${TEXT} NOT NULL,
    generation BIGINT NOT NULL DEFAULT 0,
    confirm_time BIGINT NOT NULL DEFAULT 0,
    error ${TEXT} NOT NULL DEFAULT '',
    PRIMARY KEY (name, replica_id)
  );
  `,
  `
  -- Machine images and the builds that they come of. Times that end in _steady are on the steady clock.
  CREATE TABLE image_build (
    build_id ${TEXT} PRIMARY KEY,
    channel ${TEXT} NOT NULL,
    state ${TEXT} NOT NULL,
    -- What it is made from, frozen when it is asked for.
    request ${TEXT} NOT NULL,
    facts ${TEXT} NOT NULL,
    image_id ${TEXT} NOT NULL DEFAULT '',
    is_current BIGINT NOT NULL DEFAULT 0,
    -- It owns no machine any more, and no call of it is open.
    is_closed BIGINT NOT NULL DEFAULT 0,
    revision BIGINT NOT NULL DEFAULT 0,
    promoted_time BIGINT NOT NULL DEFAULT 0,
    create_time BIGINT NOT NULL,
    state_time BIGINT NOT NULL,
    state_steady DOUBLE PRECISION NOT NULL
  );
  CREATE UNIQUE INDEX image_current ON image_build (channel) WHERE is_current = 1;
  CREATE INDEX image_open ON image_build (create_time) WHERE is_closed = 0;
  CREATE INDEX image_unproven ON image_build (image_id) WHERE state IN ('BUILDING', 'PROVING', 'FAILED');
  CREATE INDEX machine_pool ON machine (pool);
  CREATE INDEX launch_pool ON launch (pool);
  `,
  // What is kept costs nothing: what goes on is found by indexes that have nothing else. Which machines share an identity is
  // said by columns of their own, and one that does not know its id shares it with nobody.
  `
  ALTER TABLE instance ADD COLUMN engine_id ${TEXT} NOT NULL DEFAULT '';
  ALTER TABLE instance ADD COLUMN machine_id_hash ${TEXT} NOT NULL DEFAULT '';
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
    role ${TEXT} NOT NULL,
    slot BIGINT NOT NULL,
    counts ${TEXT} NOT NULL,
    PRIMARY KEY (role, slot)
  );
  CREATE INDEX demand_slot ON demand (slot);
  -- Requests that will come, as somebody says.
  CREATE TABLE expectation (
    request_id ${TEXT} PRIMARY KEY,
    pool ${TEXT} NOT NULL,
    count BIGINT NOT NULL,
    start_time BIGINT NOT NULL,
    end_time BIGINT NOT NULL
  );
  `,
  // Environments of branches.
  `
  CREATE TABLE preview (
    preview_id ${TEXT} PRIMARY KEY,
    repository_id BIGINT NOT NULL,
    repository ${TEXT} NOT NULL,
    key ${TEXT} NOT NULL,
    -- What GitHub said, as JSON.
    head ${TEXT} NOT NULL,
    sequence BIGINT NOT NULL,
    -- When the news behind the sequence was received.
    receive_time BIGINT NOT NULL,
    done_sequence BIGINT NOT NULL DEFAULT 0,
    next_look BIGINT NOT NULL DEFAULT 0,
    state ${TEXT} NOT NULL,
    assignment_id ${TEXT} NOT NULL DEFAULT '',
    -- What became of it, as JSON.
    outcome ${TEXT} NOT NULL,
    revision BIGINT NOT NULL DEFAULT 0,
    -- The revision that GitHub was told of.
    told_revision BIGINT NOT NULL DEFAULT 0,
    next_report BIGINT NOT NULL DEFAULT 0,
    reported ${TEXT} NOT NULL
  );
  CREATE UNIQUE INDEX preview_key ON preview (repository_id, key);
  -- Deliveries that were taken, so that none is taken twice.
  CREATE TABLE delivery (
    hook ${TEXT} NOT NULL,
    guid ${TEXT} NOT NULL,
    receive_time BIGINT NOT NULL,
    PRIMARY KEY (hook, guid)
  );
  CREATE INDEX delivery_received ON delivery (receive_time);
  `,
  // Jobs of workflows.
  `
  CREATE TABLE job (
    job_id BIGINT PRIMARY KEY,
    repository ${TEXT} NOT NULL,
    status ${TEXT} NOT NULL,
    -- What GitHub said, as JSON.
    job ${TEXT} NOT NULL,
    receive_time BIGINT NOT NULL
  );
  CREATE INDEX job_repository ON job (repository, job_id);
  CREATE INDEX job_received ON job (receive_time);
  `,
];
