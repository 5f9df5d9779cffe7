import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { bytes, time } from '../../insight/format.ts';
import type { Sample, SampleFigures } from '../../core/sample.ts';
import type { Window } from './window.ts';

interface Chart {
  title: string;
  series: readonly { label: string; figure: keyof SampleFigures }[];
  /** What a value counts: bytes a second, a part of a core, or bytes. */
  unit: 'rate' | 'percent' | 'level';
}

const charts: readonly Chart[] = [
  {
    title: 'Disk',
    unit: 'rate',
    series: [
      { label: 'read', figure: 'diskReadBytes' },
      { label: 'written', figure: 'diskWriteBytes' },
    ],
  },
  {
    title: 'Network',
    unit: 'rate',
    series: [
      { label: 'received', figure: 'networkReceiveBytes' },
      { label: 'sent', figure: 'networkTransmitBytes' },
    ],
  },
  {
    title: 'Processor',
    unit: 'percent',
    series: [
      { label: 'busy', figure: 'cpuMs' },
      { label: 'waiting for the disk', figure: 'ioStallMs' },
    ],
  },
  {
    title: 'Memory',
    unit: 'level',
    series: [
      { label: 'used', figure: 'memoryBytes' },
      { label: 'page cache', figure: 'pageCacheBytes' },
    ],
  },
];

/** Pixels. */
const height = 44;

/**
 * What the host or one container did, below the steps and on their axis.
 * @param at the moment below the cursor
 */
export function IoRows({
  samples,
  window,
  at,
}: {
  samples: readonly Sample[];
  window: Window;
  at: number | undefined;
}) {
  const names = [...new Set(samples.map(({ container }) => container))];
  const [chosen, choose] = useState('');
  const shown = samples.filter(({ container }) => container === chosen);
  if (samples.length === 0) return <p class="hint">Nothing was sampled yet.</p>;
  const seen = shown.filter((sample) => overlaps(sample, window));
  const longest = Math.max(0, ...seen.map(({ intervalMs }) => intervalMs));
  return (
    <>
      <label class="chooser">
        Disk, network, processor and memory of{' '}
        <select value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
          {names.map((name) => (
            <option key={name} value={name}>
              {name === '' ? 'the whole host' : `container ${name}`}
            </option>
          ))}
        </select>
      </label>
      {seen.length === 0 ? <p class="hint">Nothing was sampled in this time.</p> : null}
      {longest > window.to - window.from ? (
        <p class="hint">One sample covers {time(longest)}, more than is shown: its mean is drawn.</p>
      ) : null}
      {charts.map((chart) => (
        <IoRow key={`${chosen} ${chart.title}`} chart={chart} samples={shown} window={window} at={at} />
      ))}
    </>
  );
}

function overlaps({ startMs, intervalMs }: Sample, { from, to }: Window): boolean {
  return startMs < to && startMs + intervalMs > from;
}

interface RowProps {
  chart: Chart;
  samples: readonly Sample[];
  window: Window;
  at: number | undefined;
}

function IoRow({ chart, samples, window, at }: RowProps) {
  const known = chart.series.filter(({ figure }) => samples.some((sample) => sample[figure] !== undefined));
  if (known.length === 0) return null;
  const seen = samples.filter((sample) => overlaps(sample, window));
  const under =
    at === undefined
      ? undefined
      : samples.find(({ startMs, intervalMs }) => startMs <= at && at < startMs + intervalMs);
  const told = known.map(({ label, figure }, index) => {
    const peak = Math.max(0, ...seen.map((sample) => valueOf(sample, figure, chart.unit) ?? 0));
    const value = at === undefined ? peak : under && valueOf(under, figure, chart.unit);
    return { label, index, text: value === undefined ? '–' : valueText(value, chart.unit) };
  });
  const summary = told.map(({ label, text }) => `${label} ${text}`).join(', ');
  return (
    <div class="row io" role="group" aria-label={chart.title}>
      <span class="figures">
        <b>{chart.title}</b>
        <span class="hint">{at === undefined ? 'peak' : 'here'}</span>
        {told.map(({ label, index, text }) => (
          <span key={label} class="figure">
            <span class={`key ${index === 0 ? 'first' : 'second'}`} /> {label} {text}
          </span>
        ))}
      </span>
      <Plot chart={chart} known={known} samples={samples} window={window} summary={summary} />
    </div>
  );
}

interface PlotProps extends Omit<RowProps, 'at'> {
  known: Chart['series'];
  summary: string;
}

function Plot({ chart, known, samples, window, summary }: PlotProps) {
  const place = useRef<HTMLSpanElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const data = dataOf(chart, known, samples);
  const range = useRef(window);
  range.current = window;
  const isDark = useDark();
  const shape = known.map(({ label }) => label).join();
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const style = getComputedStyle(element);
    const stepped = uPlot.paths.stepped?.({ align: 1 });
    const made = new uPlot(
      {
        width: Math.max(1, element.clientWidth),
        height,
        padding: [2, 0, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: () => [range.current.from, range.current.to] },
          y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.05 : 1] },
        },
        axes: [{ show: false }, { show: false }],
        series: [
          {},
          ...known.map((_series, index) => ({
            stroke: style.getPropertyValue(index === 0 ? '--first' : '--second').trim(),
            width: 1.5,
            points: { show: false },
            ...(stepped === undefined ? {} : { paths: stepped }),
          })),
        ],
      },
      data,
      element,
    );
    plot.current = made;
    const resize = new ResizeObserver(() =>
      made.setSize({ width: Math.max(1, element.clientWidth), height }),
    );
    resize.observe(element);
    return () => {
      resize.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [chart, shape, isDark]);
  useEffect(() => plot.current?.setData(data), [samples, window.from, window.to]);
  return <span class="track plot" ref={place} role="img" aria-label={`${chart.title}: ${summary}`} />;
}

/** Lines are drawn in the colours of the scheme, and again when it changes. */
function useDark(): boolean {
  const [isDark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const follow = (): void => setDark(scheme.matches);
    scheme.addEventListener('change', follow);
    return () => scheme.removeEventListener('change', follow);
  }, []);
  return isDark;
}

/** A sample holds from its start to its end; between two that do not touch, nothing is known. */
function dataOf(chart: Chart, known: Chart['series'], samples: readonly Sample[]): uPlot.AlignedData {
  const at: number[] = [];
  const values: (number | null)[][] = known.map(() => []);
  for (const [index, sample] of samples.entries()) {
    const end = sample.startMs + sample.intervalMs;
    const next = samples[index + 1]?.startMs ?? Infinity;
    at.push(sample.startMs);
    for (const [each, { figure }] of known.entries())
      values[each]?.push(valueOf(sample, figure, chart.unit) ?? null);
    if (next - end <= sample.intervalMs / 2) continue;
    at.push(end);
    for (const [each, { figure }] of known.entries())
      values[each]?.push(valueOf(sample, figure, chart.unit) ?? null);
    at.push(end + 1e-3);
    for (const series of values) series.push(null);
  }
  return [at, ...values];
}

function valueOf(sample: Sample, figure: keyof SampleFigures, unit: Chart['unit']): number | undefined {
  const raw = sample[figure];
  if (raw === undefined || unit === 'level') return raw;
  const perSecond = raw / (Math.max(1, sample.intervalMs) / 1000);
  return unit === 'percent' ? perSecond / 10 : perSecond;
}

function valueText(value: number, unit: Chart['unit']): string {
  if (unit === 'percent') return `${Math.round(value)} %`;
  return unit === 'rate' ? `${bytes(Math.round(value))}/s` : bytes(Math.round(value));
}
