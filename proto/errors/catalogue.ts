import { exitCodes, type ExitCode } from './exit.ts';

/** The gRPC statuses that our errors travel as, by name: every command needs this table, few need gRPC. */
type StatusName =
  | 'ABORTED'
  | 'ALREADY_EXISTS'
  | 'CANCELLED'
  | 'DATA_LOSS'
  | 'DEADLINE_EXCEEDED'
  | 'FAILED_PRECONDITION'
  | 'INTERNAL'
  | 'INVALID_ARGUMENT'
  | 'NOT_FOUND'
  | 'OUT_OF_RANGE'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'UNAUTHENTICATED'
  | 'UNAVAILABLE';

interface CatalogueEntry {
  /** What a caller over gRPC sees; `proto/wire/status.ts` makes the status. */
  grpc: StatusName;
  /** Whether the same call can succeed later without anybody changing it. */
  retryable: boolean;
  /** Milliseconds after which a client may try the same call again, where an error itself does not say. */
  retryAfterMs?: number;
  /** What to do about it. */
  action: string;
  /** 1 unless the command line or an input file is at fault. */
  exit: ExitCode;
}

/** An input is wrong, and nothing was changed. */
function wrongInput(action: string): CatalogueEntry {
  return { grpc: 'INVALID_ARGUMENT', retryable: false, action, exit: exitCodes.wrongUse };
}

function failure(grpc: StatusName, retryable: boolean, action: string): CatalogueEntry {
  return { grpc, retryable, action, exit: exitCodes.failed };
}

/**
 * Every error that Parbake can name. The code is stable: scripts and callers may match it. It travels as
 * the reason of a gRPC status (`google.rpc.ErrorInfo`). docs/errors.md is made from this table.
 */
export const catalogue = {
  USAGE: wrongInput('Run the command with --help.'),
  INTERNAL: failure('INTERNAL', false, 'This is a defect in Parbake. Please report it with the lines above.'),
  INSECURE_ADDRESS: {
    ...wrongInput('Use a loopback address or a Unix socket, or give the TLS options.'),
    exit: exitCodes.doNotRestart,
  },
  COORDINATOR_NOT_SET: failure(
    'UNAVAILABLE',
    true,
    'Set coordinator in /etc/parbake/agent.conf, PARBAKE_COORDINATOR in /etc/default/parbake-agent, "# parbake-agent: coordinator = HOST:PORT" in user data, or the instance tag parbake:coordinator (docs/settings.md).',
  ),
  COORDINATOR_UNREACHABLE: {
    ...failure('UNAVAILABLE', true, 'Check the address and that the coordinator runs.'),
    // One that shuts down is back in about this time.
    retryAfterMs: 2_000,
  },
  DEADLINE_EXCEEDED: failure(
    'DEADLINE_EXCEEDED',
    true,
    'Ask again with the same request id, or allow more time.',
  ),

  NOT_ROOT: { ...wrongInput('Run it as root, for example with sudo.'), grpc: 'PERMISSION_DENIED' },

  MACHINE_IMAGE_NOT_FOUND: failure('NOT_FOUND', false, 'List the images with "parbake images list".'),
  INTERRUPTED: failure('CANCELLED', true, 'Run the command again; what was finished is kept.'),

  POOL_INVALID: wrongInput('Correct the pool at the line or field named (docs/pools.md).'),
  POOL_NOT_FOUND: failure('NOT_FOUND', false, 'List the pools with "parbake pools list".'),
  PROVIDER_MISSING: failure(
    'FAILED_PRECONDITION',
    false,
    'Start the coordinator with --region, so that it can launch machines.',
  ),
  PREVIEW_FILE_INVALID: wrongInput('Correct the file at the line named (docs/preview-file.md).'),
  PREVIEW_NOT_ALLOWED: failure(
    'PERMISSION_DENIED',
    false,
    'Change the preview file, or let the operator allow it in the file of repositories (docs/previews.md).',
  ),
  PREVIEW_LIMIT: failure(
    'RESOURCE_EXHAUSTED',
    true,
    "Close a pull request, release another preview, or raise the repository's max (docs/previews.md).",
  ),
  PREVIEW_NOT_FOUND: failure('NOT_FOUND', false, 'List the previews with "parbake previews list --all".'),
  PREVIEW_OUTDATED: failure(
    'FAILED_PRECONDITION',
    false,
    'Look at the commit that the message names, and approve that one.',
  ),
  WEBHOOK_REFUSED: failure(
    'PERMISSION_DENIED',
    false,
    "Compare the webhook's secret, content type and event with docs/previews.md.",
  ),
  GITHUB_UNAVAILABLE: failure(
    'UNAVAILABLE',
    true,
    'It is retried; see whether GitHub and its address are reachable.',
  ),
  GITHUB_REFUSED: failure(
    'FAILED_PRECONDITION',
    false,
    'Give the token the permissions that docs/previews.md names, and check that it has not expired.',
  ),
  RECIPE_INVALID: wrongInput('Correct the recipe at the line named.'),
  RECIPE_VARIABLE_UNUSED: wrongInput('Correct the name of the variable, or leave it out.'),
  RECIPE_VARIABLE_UNDEFINED: wrongInput('Give the variable with --var NAME=VALUE or in the environment.'),
  LOCK_INVALID: wrongInput('Restore parbake.lock from version control, or make it anew with --update-lock.'),
  LOCK_OUTDATED: wrongInput('Bake once without --frozen and keep the lock that it writes beside the recipe.'),
  LOCK_MISMATCH: failure(
    'FAILED_PRECONDITION',
    false,
    'Find out who changed the lock or the registry; --update-lock takes what the registry has now.',
  ),
  LOGIN_FAILED: failure(
    'UNAUTHENTICATED',
    false,
    'Run the program named by hand; it must end with 0 and print a login for this registry.',
  ),
  TLS_INVALID: wrongInput(
    "Give PEM files: the CA's certificate, this program's certificate, and the key that belongs to it.",
  ),
  KEY_EXPOSED: wrongInput(
    "Make the key its owner's alone (chmod 600), and make the user that runs this program its owner (chown).",
  ),
  REGISTRY_TRUST_INVALID: wrongInput(
    'Put NAME.cert and NAME.key side by side in /etc/docker/certs.d/REGISTRY, and authorities in NAME.crt.',
  ),
  TLS_UNREADABLE: failure(
    'UNAVAILABLE',
    true,
    'Put the file there and let the agent read it; the agent waits for it.',
  ),
  OPENSSL_FAILED: failure(
    'INTERNAL',
    false,
    'Install openssl (Debian: apt-get install openssl), or follow docs/tls.md.',
  ),
  TLS_NAME_MISMATCH: failure(
    'UNAVAILABLE',
    false,
    'Dial one of these names, or issue the certificate for the name or address that is dialled.',
  ),
  FILE_UNREADABLE: wrongInput('Check the path and its permissions.'),

  DOCKER_UNAVAILABLE: failure('UNAVAILABLE', true, 'Start Docker, or name its socket with --docker-socket.'),
  DOCKER_UNSUPPORTED: failure(
    'FAILED_PRECONDITION',
    false,
    'Install Docker Engine 20.10 or later, and name its socket with --docker-socket.',
  ),
  DATA_ROOT_ON_OTHER_DISK: failure(
    'FAILED_PRECONDITION',
    false,
    'Set "data-root" in /etc/docker/daemon.json to a directory on the disk of the root and restart Docker, or give --data-disk-imaged if the machine image has both disks.',
  ),
  DOCKER_FAILED: failure('INTERNAL', false, "Look at the Docker Engine's own log."),
  IMAGE_NOT_FOUND: failure('NOT_FOUND', false, 'Check the image reference and the registry credentials.'),
  IMAGE_PULL_FAILED: failure('UNAVAILABLE', true, 'Check the registry and the network, then bake again.'),
  IMAGE_PULL_STALLED: failure('UNAVAILABLE', true, 'The registry sent nothing for too long; bake again.'),
  FILES_NOT_ALLOWED: {
    ...wrongInput(
      'Give a container of the role a directory for files in its recipe, or leave the files out.',
    ),
    exit: exitCodes.failed,
  },
  ENTRYPOINT_INVALID: failure(
    'FAILED_PRECONDITION',
    false,
    'Correct the image: as it is, its own command cannot be started.',
  ),
  IMAGE_DIGEST_MISMATCH: failure(
    'FAILED_PRECONDITION',
    false,
    'Pin the right digest, or find out who moved the tag.',
  ),
  IMAGE_SIGNATURE_MISSING: failure(
    'FAILED_PRECONDITION',
    false,
    'Sign the digest with "cosign sign --key", or find out why nobody did; without cosign_key it is not asked for.',
  ),
  IMAGE_SIGNATURE_INVALID: failure(
    'FAILED_PRECONDITION',
    false,
    'Find out who pushed the image before anybody runs it; check that cosign_key is the key of its owner.',
  ),
  IMAGE_SIGNATURE_UNKNOWN: failure(
    'UNAVAILABLE',
    true,
    'Check the registry, the network and the login, then bake again.',
  ),
  IMAGE_CORRUPT: failure(
    'DATA_LOSS',
    false,
    'Remove the image with "docker image rm", restart Docker and bake again; look at the disk, which may be failing.',
  ),
  IMAGE_PLATFORM_MISMATCH: failure(
    'FAILED_PRECONDITION',
    false,
    'Pull an image for the platform of this machine.',
  ),
  DISK_FULL: failure(
    'RESOURCE_EXHAUSTED',
    false,
    'Free space on the file system that holds the data root, or enlarge it.',
  ),

  SCRUB_REFUSED: failure(
    'FAILED_PRECONDITION',
    false,
    'Do what the message says, or name the option that it gives.',
  ),
  SCRUB_RULES_INVALID: wrongInput('Correct the file at the lines that the message names.'),
  SCRUB_FAILED: failure('INTERNAL', false, 'The image is not sealed. Remove the cause and scrub again.'),
  NOT_SEALED: failure('FAILED_PRECONDITION', false, 'Bake and scrub this root again before it is cloned.'),
  MACHINE_UNKNOWN: failure(
    'FAILED_PRECONDITION',
    false,
    'Scrub images before they are cloned; on a machine without DMI a copy cannot be told from its original.',
  ),
  MANIFEST_INVALID: {
    ...failure('FAILED_PRECONDITION', false, 'Bake again; the manifest was changed or is incomplete.'),
    // An agent would find the same each time.
    exit: exitCodes.doNotRestart,
  },

  RECORDING_INVALID: failure(
    'FAILED_PRECONDITION',
    false,
    'Bake again with recording, or remove the file; the instance works without it, only slower at first.',
  ),
  RECORDING_NETWORK_OPEN: failure(
    'FAILED_PRECONDITION',
    false,
    'Install nft or iptables on the builder, or bake without recording; the role is not recorded.',
  ),
  RECORDING_MISMATCH: failure(
    'FAILED_PRECONDITION',
    false,
    'Bake again with recording: what was recorded is of another file system or of other images.',
  ),
  TRACING_UNAVAILABLE: failure(
    'FAILED_PRECONDITION',
    false,
    'Mount tracefs at /sys/kernel/tracing to have misses counted; starts do not need it.',
  ),
  MISSES_UNKNOWN: failure(
    'NOT_FOUND',
    false,
    'Assign an instance of a recorded role first; parbake show says why a start was not watched.',
  ),
  DEVICE_UNKNOWN: failure(
    'FAILED_PRECONDITION',
    false,
    'Name the block device with --device; ext2, ext3, ext4 and XFS on a disk or a partition can be read ahead.',
  ),

  INSTANCE_ID_UNKNOWN: {
    ...wrongInput('Give --instance-id, or switch the instance metadata service on.'),
    exit: exitCodes.doNotRestart,
  },
  IMDS_UNAVAILABLE: failure(
    'UNAVAILABLE',
    true,
    'Give --instance-id and --imds off where there is no instance metadata service; else check the route to it.',
  ),
  ADDRESS_UNKNOWN: failure(
    'FAILED_PRECONDITION',
    true,
    'Give the machine an address and a default route, or give --address.',
  ),
  AGENT_NOT_RUNNING: failure('UNAVAILABLE', true, 'Start "parbake-agent run".'),
  AGENT_STATE_UNWRITABLE: failure(
    'INTERNAL',
    false,
    "Look at the disk that holds the agent's state directory: it is full, read-only or fails.",
  ),
  CONTAINER_EXITED: failure('INTERNAL', false, "Look at the container's log."),
  GATE_UNAVAILABLE: failure(
    'UNAVAILABLE',
    false,
    'Look at the container with "docker logs". The instance is quarantined, and another one is tried.',
  ),
  CERTIFICATE_MISSING: failure(
    'FAILED_PRECONDITION',
    false,
    'The role takes a certificate, and the coordinator issues none: start it with --ca, or with --issuer-cert and --issuer-key.',
  ),
  GATE_REFUSED: failure(
    'FAILED_PRECONDITION',
    false,
    'The gate and the agent are of different versions: bake the image again.',
  ),
  EXEC_FAILED: failure(
    'FAILED_PRECONDITION',
    false,
    "Correct the image's entrypoint and command: they must exist and be executable.",
  ),
  HOLD_UNAVAILABLE: failure(
    'UNAVAILABLE',
    false,
    'Look at the container with "docker logs", and whether the package is installed whole. The instance is quarantined, and another one is tried.',
  ),
  ORDER_OPENED_EARLY: failure(
    'FAILED_PRECONDITION',
    false,
    'Open the order once the application is loaded, or let "held" check what holds before: see docs/hold.md.',
  ),
  ORDER_NEVER_OPENED: failure(
    'DEADLINE_EXCEEDED',
    false,
    'The application must open the file that PARBAKE_ORDER names once it is loaded; give it a longer "timeout" in "held" if it takes long.',
  ),
  ORDER_OPENED_TWICE: failure(
    'FAILED_PRECONDITION',
    false,
    'Let one process of the container open its order, once, before it starts others.',
  ),
  ORDER_NOT_READ: failure(
    'FAILED_PRECONDITION',
    false,
    'The application must read its order to the end of the file, without long pauses.',
  ),
  ORDER_TOO_LARGE: failure('INVALID_ARGUMENT', false, 'Give fewer or shorter variables.'),
  READINESS_TIMEOUT: failure(
    'DEADLINE_EXCEEDED',
    false,
    "Check the role's readiness check and the container's log.",
  ),

  UNAUTHENTICATED: failure(
    'UNAUTHENTICATED',
    false,
    'Show a certificate or a token that this coordinator accepts: docs/tls.md says which.',
  ),
  PERMISSION_DENIED: failure(
    'PERMISSION_DENIED',
    false,
    'Call as a principal that may: docs/tls.md has the table of who may call what.',
  ),
  REQUEST_INVALID: wrongInput('Correct the field named.'),
  REQUEST_ID_MISMATCH: failure('FAILED_PRECONDITION', false, 'Use a new request id for a new request.'),
  ROLE_UNKNOWN: failure('NOT_FOUND', false, 'List the roles with "parbake roles list", or apply the role.'),
  ROLE_INVALID: wrongInput('Correct the role.'),
  ENV_NOT_ALLOWED: wrongInput("Add the variable to the role's user_env and bake again, or leave it out."),
  NO_CAPACITY: {
    ...failure('RESOURCE_EXHAUSTED', true, 'Launch more instances of this role, or allow more time.'),
    // The caller has waited until its deadline already; a boot takes tens of seconds.
    retryAfterMs: 5_000,
  },
  ATTESTATION_INVALID: failure(
    'PERMISSION_DENIED',
    false,
    'Find out who sent it: what an instance says about itself does not hold. docs/identity.md lists the checks.',
  ),
  ATTESTATION_REFUSED: failure(
    'PERMISSION_DENIED',
    false,
    'Allow the instance in the attestation policy (docs/identity.md), or find out who launched it.',
  ),
  ATTESTATION_UNAVAILABLE: {
    ...failure(
      'UNAVAILABLE',
      true,
      'Check that the coordinator reaches STS and EC2; agents retry by themselves.',
    ),
    retryAfterMs: 5_000,
  },
  IDENTITY_CONFLICT: failure(
    'PERMISSION_DENIED',
    false,
    'One of the two is not the instance: find out which. If its key was lost, allow one new key with "parbake readmit".',
  ),
  INSTANCE_LOCKED: failure(
    'PERMISSION_DENIED',
    false,
    'Find out why it was locked (parbake show), then retire it, or admit it again with "parbake readmit".',
  ),
  JOIN_TOKEN_INVALID: failure(
    'PERMISSION_DENIED',
    false,
    'Create a new token with "parbake join-token create": each is valid once and for a limited time.',
  ),
  TOKEN_NOT_FOUND: failure('NOT_FOUND', false, 'List the tokens with "parbake token list".'),
  INSTANCE_NOT_FOUND: failure('NOT_FOUND', false, 'List the instances with "parbake instances".'),
  ASSIGNMENT_NOT_FOUND: failure('NOT_FOUND', false, 'Check the assignment id.'),
  ASSIGNMENT_FAILED: failure('ABORTED', false, 'Look at the reason; a new request id tries again.'),
  ASSIGNMENT_DIFFERS: failure(
    'FAILED_PRECONDITION',
    false,
    'Ask with if_exists REPLACE, or release the assignment named.',
  ),
  ASSIGNMENT_EXPIRED: failure('FAILED_PRECONDITION', false, 'Give a longer ttl, or extend it in time.'),
  ZONE_UNKNOWN: wrongInput('Name a host below a zone that the coordinator serves ("serve --zone").'),
  ROUTE_NAME_TAKEN: failure(
    'ALREADY_EXISTS',
    false,
    'Release the assignment that has the name, replace it (if_exists REPLACE), or take another name.',
  ),
  ROUTE_TARGET_MISSING: failure(
    'FAILED_PRECONDITION',
    false,
    "Name a port that the role's container publishes.",
  ),
  ROUTE_TARGET_HELD: failure(
    'FAILED_PRECONDITION',
    true,
    'Wait: the address led to another assignment until a moment ago, and is published after a minute.',
  ),
  ROUTER_FAILED: failure(
    'UNAVAILABLE',
    true,
    'Check that the router runs, and that the coordinator may use its socket; it is retried.',
  ),
  PUBLISHER_UNKNOWN: failure(
    'NOT_FOUND',
    false,
    'Start the coordinator with --publisher NAME, or correct the name.',
  ),
  ASSIGN_BACKOFF: failure(
    'RESOURCE_EXHAUSTED',
    true,
    'Correct what the last assignments failed for (parbake assignments --user), and wait as long as the message says.',
  ),
  TOO_MANY_WAITING: {
    ...failure(
      'RESOURCE_EXHAUSTED',
      true,
      'Wait for some of the answers, or use more connections; nothing was kept of this call.',
    ),
    retryAfterMs: 1_000,
  },
  COORDINATOR_BUSY: failure(
    'UNAVAILABLE',
    true,
    'Nothing: the agent asks again by itself. If it lasts, the store is too slow for so many instances.',
  ),
  ASSIGNMENT_NOT_RUNNING: failure(
    'FAILED_PRECONDITION',
    false,
    'Look at its state with "parbake assignment": containers are there from DELIVERED until it ends.',
  ),
  CONTAINER_UNKNOWN: failure('NOT_FOUND', false, 'Name one of the containers that the message lists.'),
  AGENT_TOO_OLD: failure(
    'FAILED_PRECONDITION',
    false,
    'Bake the image again with the present version of the agent.',
  ),
  TOO_MANY_STREAMS: failure('RESOURCE_EXHAUSTED', true, 'End one of the streams that are open.'),
  INSTANCE_SILENT: failure(
    'UNAVAILABLE',
    true,
    'Look at the instance: its agent, its network, and whether it still runs.',
  ),
  INSTANCE_ELSEWHERE: failure(
    'FAILED_PRECONDITION',
    false,
    'Ask the coordinator that the error names: logs and exec are served where the instance is connected.',
  ),
  INSTANCE_INTERRUPTED: failure(
    'UNAVAILABLE',
    false,
    'Save what has to be kept: the provider takes the machine back at the time named.',
  ),
  INSTANCE_LOST: failure('UNAVAILABLE', true, 'Ask again: the instance does not run any more.'),
  START_TIMEOUT: failure(
    'DEADLINE_EXCEEDED',
    true,
    "Look at the instance's agent and Docker Engine: neither said that a container had failed.",
  ),
  RELEASE_TIMEOUT: failure(
    'DEADLINE_EXCEEDED',
    true,
    'Terminate the machine: containers of its user may still run on it.',
  ),
  EVENTS_REMOVED: failure('OUT_OF_RANGE', false, 'Begin anew without the cursor; what was removed is gone.'),
  READER_TOO_SLOW: {
    ...failure('RESOURCE_EXHAUSTED', true, 'Resume from the last cursor, and read faster or ask for less.'),
    retryAfterMs: 1_000,
  },
  ILLEGAL_TRANSITION: failure(
    'FAILED_PRECONDITION',
    false,
    'The object moved on meanwhile; read its state again.',
  ),
  SESSION_SUPERSEDED: failure('ABORTED', false, 'A newer agent of the same instance has the session.'),
  SESSION_UNKNOWN: failure('FAILED_PRECONDITION', true, 'Check in again.'),
  DUPLICATE_IDENTITY: failure(
    'FAILED_PRECONDITION',
    false,
    'Scrub the image again: two instances share an identity.',
  ),
  INSTANCE_ID_TAKEN: {
    ...failure(
      'FAILED_PRECONDITION',
      true,
      'Give each machine an instance id of its own. If the machine that has the id is gone, say so with parbake retire --lost.',
    ),
    // Each machine that is refused asks again; two that share an id must not keep the coordinator busy.
    retryAfterMs: 30_000,
  },
  FOREIGN_ASSIGNMENT: failure(
    'FAILED_PRECONDITION',
    false,
    'Restore the store that knows the assignment, or terminate the instance.',
  ),
  STORE_FAILED: {
    ...failure('INTERNAL', false, 'Check the store: its file or server, its disk and its permissions.'),
    exit: exitCodes.doNotRestart,
  },
  STORE_UNREACHABLE: {
    ...failure('UNAVAILABLE', true, 'Check the address of PostgreSQL and that it runs.'),
    // A server that restarts, or its standby, is there in about this time.
    retryAfterMs: 2_000,
  },
  SECRET_NOT_ALLOWED: failure(
    'PERMISSION_DENIED',
    false,
    'Allow the caller this secret for this role in the file of "serve --secret-rules".',
  ),
  SECRET_NOT_FOUND: failure(
    'FAILED_PRECONDITION',
    false,
    'Put the secret where the coordinator looks for it ("serve --secrets"), or correct its name.',
  ),
  SECRET_UNAVAILABLE: {
    ...failure('UNAVAILABLE', true, 'Check where the coordinator gets secrets from ("serve --secrets").'),
    retryAfterMs: 1_000,
  },
  OIDC_UNAVAILABLE: {
    ...failure(
      'UNAVAILABLE',
      true,
      'Check the issuer of tokens ("serve --oidc-issuer") and the route to it.',
    ),
    retryAfterMs: 5_000,
  },
  STORE_KEY_INVALID: {
    ...failure(
      'INTERNAL',
      false,
      'Give the file of keys that the store was used with (--store-key): what orders set cannot be read without it.',
    ),
    exit: exitCodes.doNotRestart,
  },
  EC2_FAILED: failure('UNAVAILABLE', true, "Check the region, the credentials and the role's permissions."),
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof catalogue;
