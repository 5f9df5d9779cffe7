import { frozen, spread } from '../pool/launch-plan.ts';
import type { End } from '../pool/endings.ts';
import { isAlive, type LaunchRequest } from '../pool/provider.ts';
import {
  ownerOf,
  type BuildFacts,
  type BuildMachine,
  type BuildPurpose,
  type BuildView,
  type ImageState,
} from './image-build.ts';
import { clonesPerProof, proofOf } from './proof.ts';

/** What to commit for one build. */
export interface BuildChange {
  state?: ImageState;
  facts?: Partial<BuildFacts>;
  imageId?: string;
  launches?: readonly LaunchRequest[];
  ends?: readonly End[];
  /** Pools follow it from now on. */
  isPromoted?: boolean;
  /** It owns nothing any more. */
  isClosed?: boolean;
}

/** The next step of a build. Each is repeatable: a coordinator that dies within it takes it again. */
export type BuildStep =
  | { kind: 'wait' }
  | { kind: 'commit'; change: BuildChange }
  /** Ask the provider for what the builder said last. */
  | { kind: 'read console'; instanceId: string }
  | { kind: 'create image'; instanceId: string }
  /** Ask the provider what became of the image. */
  | { kind: 'look at image' }
  /** Remove every image of the build that the provider has. */
  | { kind: 'clean' };

export interface BuildInputs {
  steady: number;
  /** Offerings that are not asked for now. */
  blocked: ReadonlySet<string>;
  newId: () => string;
}

const minute = 60_000;
/** Milliseconds from the power-off of a builder until its silence counts: consoles are told late. */
const consolePatience = 5 * minute;
/** Milliseconds that the provider may take to copy a disk: EC2 says that it can be a day. */
const imageTimeout = 24 * 60 * minute;
/** Milliseconds in which the provider's list may lack what was made just before the build failed. */
const cleanPatience = 2 * minute;
/** Launches that may be refused before a build gives up. */
const maxRefusals = 3;

/** What a build needs now. The same inputs give the same step. */
export function planBuild(view: BuildView, inputs: BuildInputs): BuildStep {
  const { state } = view.build;
  if (state === 'BUILDING') return planBuilding(view, inputs);
  if (state === 'PROVING') return planProving(view, inputs);
  if (state === 'FAILED') return planCleaning(view, inputs.steady);
  return closing(view);
}

function planBuilding(view: BuildView, inputs: BuildInputs): BuildStep {
  const { build } = view;
  const { imageId, facts, request, stateSteady } = build;
  if (imageId !== '')
    return inputs.steady - stateSteady > imageTimeout + request.bakeTimeout
      ? failed(`IMAGE_TIMEOUT: ${imageId} was not available within a day`)
      : { kind: 'look at image' };
  const launching = launchStep(view, 'builder', inputs);
  if (launching !== undefined) return launching;
  const [builder] = view.machines.filter(({ purpose }) => purpose === 'builder');
  if (builder === undefined) return { kind: 'wait' };
  const { instanceId, providerState, bound } = builder;
  if (providerState === 'terminated' || providerState === 'shutting-down')
    return failed(`BUILDER_LOST: ${instanceId} is ${providerState}`);
  if (providerState !== 'stopped')
    return inputs.steady - bound > request.bakeTimeout
      ? failed(
          `BUILD_TIMEOUT: ${instanceId} did not power itself off within ${request.bakeTimeout / minute} min`,
        )
      : { kind: 'wait' };
  if (facts.stopped === 0) return { kind: 'commit', change: { facts: { stopped: inputs.steady } } };
  const isHeard = facts.verdict !== '' || inputs.steady - facts.stopped > consolePatience;
  // When a builder said nothing, its clones will show whether it was sealed.
  return { kind: isHeard ? 'create image' : 'read console', instanceId };
}

function planProving(view: BuildView, inputs: BuildInputs): BuildStep {
  const { request } = view.build;
  const ends = endsOf(view.machines.filter(({ purpose }) => purpose === 'builder'));
  if (ends.length > 0) return { kind: 'commit', change: { ends } };
  const launching = launchStep(view, 'clone', inputs);
  if (launching !== undefined) return launching;
  const clones = view.machines.filter(({ purpose }) => purpose === 'clone');
  const proof = proofOf(clones, request, inputs.steady);
  if (proof.kind === 'waiting') return { kind: 'wait' };
  if (proof.kind === 'failed') return failed(proof.reason);
  const { isPromoted } = request;
  return {
    kind: 'commit',
    change: { state: 'AVAILABLE', facts: { proof: proof.lines }, isPromoted, ends: endsOf(clones) },
  };
}

/** Nothing of a failed build stays: its machines end, and what it made of the provider's is removed. */
function planCleaning(view: BuildView, steady: number): BuildStep {
  const step = closing(view);
  if (step.kind !== 'commit' || step.change.isClosed !== true) return step;
  return steady - view.build.stateSteady > cleanPatience ? { kind: 'clean' } : { kind: 'wait' };
}

/** The machines of a build that is over end, also those that a late answer brings. */
function closing({ machines, launches }: BuildView): BuildStep {
  const ends = endsOf(machines);
  if (ends.length > 0) return { kind: 'commit', change: { ends } };
  const isOpen = machines.some(({ providerState }) => isAlive(providerState)) || launches.some(isUnsettled);
  return isOpen ? { kind: 'wait' } : { kind: 'commit', change: { isClosed: true } };
}

function endsOf(machines: readonly BuildMachine[]): End[] {
  return machines
    .filter(({ providerState, isEnding }) => isAlive(providerState) && !isEnding)
    .map(({ instanceId }) => ({ instanceId, reason: 'BUILD: its image build does not need it any more' }));
}

function isUnsettled({ state }: { state: string }): boolean {
  return state === 'PLANNED' || state === 'ASKED';
}

function failed(reason: string): BuildStep {
  return { kind: 'commit', change: { state: 'FAILED', facts: { reason } } };
}

const limits = { builder: 1, clone: clonesPerProof } as const;

/** @returns undefined once every machine of the purpose was launched */
function launchStep(view: BuildView, purpose: BuildPurpose, inputs: BuildInputs): BuildStep | undefined {
  const { build, machines } = view;
  const launches = view.launches.filter(({ request }) => request.specHash === purpose);
  const have = machines.filter((machine) => machine.purpose === purpose).length;
  if (launches.some(isUnsettled)) return { kind: 'wait' };
  if (have >= limits[purpose]) return undefined;
  const asked = purpose === 'builder' ? build.facts.builders : build.facts.clones;
  const refusals = launches.filter(({ code }) => code !== '');
  const last = refusals.toSorted((a, b) => a.answered - b.answered).at(-1);
  if (refusals.length >= maxRefusals)
    return failed(`LAUNCH_REFUSED: no ${purpose} could be launched: ${last?.code ?? ''}`);
  const isLost = launches.some(({ state }) => state === 'ABANDONED') || launches.length < asked;
  if (isLost) return failed(`LAUNCH_LOST: the provider does not know a ${purpose} that it was asked for`);
  const requests = requestsFor(view, purpose, limits[purpose] - have, inputs);
  // Every offering is blocked for now.
  if (requests.length === 0) return { kind: 'wait' };
  const launched = asked + requests.length;
  return {
    kind: 'commit',
    change: {
      launches: requests,
      facts: purpose === 'builder' ? { builders: launched } : { clones: launched },
    },
  };
}

function requestsFor(
  { build }: BuildView,
  purpose: BuildPurpose,
  count: number,
  { blocked, newId }: BuildInputs,
): LaunchRequest[] {
  const { buildId, request } = build;
  const { launch, fleetId, baseImageId, builderUserData, bootTimeout } = request;
  const onDemand = launch.offerings.filter(({ market }) => market === 'on-demand');
  const made = {
    name: ownerOf(buildId),
    imageId: purpose === 'builder' ? baseImageId : build.imageId,
    // A spot machine that is taken back in the middle would fail the build.
    launch: { ...launch, offerings: onDemand.length > 0 ? onDemand : launch.offerings },
    replace: { bootTimeout },
  };
  const health = {
    blocked,
    silentSubnets: new Set<string>(),
    alive: new Map<string, number>(),
    markets: { spot: 0, all: 0 },
  };
  const requests = spread(made, count, health).map((ask) =>
    frozen({ spec: made, specHash: purpose, fleetId }, ask, newId),
  );
  if (purpose === 'clone') return requests;
  return requests.map((each) => ({ ...each, userData: builderUserData, onPowerOff: 'stop' as const }));
}
