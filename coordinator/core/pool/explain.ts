import type { Breaker } from './breaker.ts';
import type { Forecast } from './forecast.ts';
import type { PhaseCounts } from './phase.ts';
import type { ForecastSpec } from './pool-spec.ts';
import type { PoolView } from './pool-view.ts';
import type { PoolCondition, PoolProblem, PoolStatus, Term } from './pool-status.ts';
import type { Silence } from './silence.ts';
import type { Target } from './target.ts';

/** The figures that a plan is made from. */
export interface Sizes {
  target: Target;
  waiting: number;
  ready: number;
  coming: number;
  outdated: number;
  /** Launched above the target while others are replaced. */
  surge: number;
  /** Everything that is alive or perhaps alive. */
  alive: number;
  /** How far silent machines raise the maximum. */
  allowance: number;
  max: number;
  leftThisHour: number;
}

export interface Wanted {
  launches: number;
  /** What is missing before any limit. */
  missing: number;
}

export interface Explained {
  view: PoolView;
  sizes: Sizes;
  counts: PhaseCounts;
  breaker: Breaker;
  launching: number;
  wanted: Wanted;
  isStarved: boolean;
  silence: Silence;
  forecast?: Forecast;
}

/** Says what a plan saw, term by term. */
export function explain(explained: Explained): PoolStatus {
  const { counts, sizes, launching } = explained;
  return {
    condition: conditionOf(explained),
    counts,
    target: sizes.target.value,
    launching,
    outdated: sizes.outdated,
    terms: termsOf(explained),
    problems: problemsOf(explained),
  };
}

function termsOf({ sizes, wanted, view, forecast }: Explained): Term[] {
  const { target, waiting, ready, coming, surge, alive, allowance, max, leftThisHour } = sizes;
  const { idle } = view.spec;
  const term = (name: string, value: number, meaning: string): Term => ({ name, value, meaning });
  return [
    term('floor', target.floor, 'idle.target'),
    term('share', target.share, `idle.share: ${Math.round(idle.share * 100)} % of the assigned instances`),
    term('schedule', target.schedule, 'the highest of idle.schedules that hold now'),
    term('announced', target.announced, 'announced requests that have not come yet'),
    ...(forecast === undefined ? [] : forecastTerms(forecast, view.spec.idle.forecast)),
    term('hold', target.held, `the highest target of the last ${Math.round(idle.hold / 1000)} s`),
    term(
      'target',
      target.value,
      target.isCapped ? 'the largest of these, cut to idle.max' : 'the largest of these',
    ),
    term('waiting', waiting, 'requests that wait for an instance'),
    term('surge', surge, 'replaces outdated instances'),
    term('ready', -ready, 'READY and connected'),
    term('coming', -coming, 'launched, or being launched, and not READY yet'),
    term('missing', wanted.missing, 'target + waiting + surge - ready - coming'),
    term(
      'max',
      max + allowance - alive,
      `room: max ${max}, ${alive} alive, ${allowance} allowed for silent ones`,
    ),
    term('hour', leftThisHour, 'launches_per_hour that are left'),
    term('launch', wanted.launches, 'launches now'),
  ];
}

function forecastTerms(
  { recent, history, ratePerMinute, dispersion }: Forecast,
  { mode, quantile, lead }: ForecastSpec,
): Term[] {
  const [seconds, percent] = [Math.round(lead / 1000), Math.round(quantile * 1000) / 10];
  const watched = mode === 'watch' ? '; shown only, idle.forecast.mode is watch' : '';
  const rate = `${ratePerMinute.toFixed(1)} requests a minute, spread ${dispersion.toFixed(1)}`;
  return [
    {
      name: 'recent',
      value: recent,
      meaning: `idle.forecast: ${rate}: enough for ${seconds} s in ${percent} % of cases${watched}`,
    },
    {
      name: 'history',
      value: history,
      meaning: `idle.forecast: the most in ${seconds} s at this time of earlier weeks${watched}`,
    },
  ];
}

function conditionOf({ view, breaker, wanted, isStarved, sizes }: Explained): PoolCondition {
  if (view.isDeleted) return 'DELETING';
  if (view.paused !== '') return 'PAUSED';
  if (view.broken?.specHash === view.specHash) return 'BROKEN';
  if (breaker.probeAt > 0) return 'BREAKER_OPEN';
  if (isStarved) return 'STARVED';
  if (wanted.launches < wanted.missing) return 'CAPPED';
  return sizes.ready >= sizes.target.value ? 'OK' : 'FILLING';
}

function problemsOf({ view, breaker, sizes, silence }: Explained): PoolProblem[] {
  const { broken, blocks, paused } = view;
  const problems: PoolProblem[] = blocks.map(({ key, until, code }) => ({
    code,
    message: `${key} is not asked for`,
    until,
  }));
  if (paused !== '') problems.push({ code: 'PAUSED', message: paused, until: 0 });
  if (broken?.specHash === view.specHash)
    problems.push({ code: broken.code, message: broken.message, until: 0 });
  if (breaker.probeAt > 0)
    problems.push({
      code: 'BREAKER_OPEN',
      message: 'machines of this image do not become READY; one is tried at a time',
      until: breaker.probeAt,
    });
  if (sizes.target.isCapped)
    problems.push({ code: 'IDLE_MAX', message: 'idle.max is below the target', until: 0 });
  if (silence.isMass)
    problems.push({ code: 'MASS_SILENCE', message: 'many fell silent at once: nothing is ended', until: 0 });
  for (const subnetId of silence.subnets)
    problems.push({ code: 'ZONE_SILENT', message: `nothing is launched in ${subnetId}`, until: 0 });
  return problems;
}
