import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { bytes } from '../../insight/format.ts';
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
    title: 'Processor, and waiting for the disk',
    unit: 'percent',
    series: [
      { label: 'processor', figure: 'cpuMs' },
      { label: 'waiting', figure: 'ioStallMs' },
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

/** What the host and its containers did, on the axis of the timeline. */
export function Charts({ samples, window }: { samples: readonly Sample[]; window: Window }) {
  const names = [...new Set(samples.map(({ container }) => container))];
  const [chosen, choose] = useState('');
  const shown = samples.filter(({ container }) => container === chosen);
  if (samples.length === 0) return <p class="hint">Nothing was sampled yet.</p>;
  return (
    <>
      <label class="chooser">
        Of{' '}
        <select value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
          {names.map((name) => (
            <option key={name} value={name}>
              {name === '' ? 'the whole host' : `container ${name}`}
            </option>
          ))}
        </select>
      </label>
      <div class="charts">
        {charts.map((chart) => (
          <Plot key={`${chosen} ${chart.title}`} chart={chart} samples={shown} window={window} />
        ))}
      </div>
    </>
  );
}

function Plot({ chart, samples, window }: { chart: Chart; samples: readonly Sample[]; window: Window }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const known = chart.series.filter(({ figure }) => samples.some((sample) => sample[figure] !== undefined));
  const data = dataOf(chart, known, samples);
  const value = (raw: number | null): string => (raw === null ? '–' : valueText(raw, chart.unit));
  const range = useRef(window);
  range.current = window;
  const shape = known.map(({ label }) => label).join();
  useEffect(() => {
    const element = place.current;
    if (element === null || known.length === 0) return undefined;
    const style = getComputedStyle(element);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    const axis = {
      stroke: colour('--muted'),
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
    };
    const made = new uPlot(
      {
        width: element.clientWidth,
        height: 150,
        cursor: { sync: { key: 'timeline' }, drag: { x: false, y: false } },
        scales: {
          x: { time: false, range: () => [range.current.from, range.current.to] },
          y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.05 : 1] },
        },
        axes: [
          // So far apart that two times do not touch, and told as finely as they differ.
          {
            ...axis,
            space: 72,
            values: (_plot, at, _axis, _space, step) =>
              at.map((one) => new Date(one).toISOString().slice(14, step < 100 ? 23 : 21)),
          },
          { ...axis, size: 72, values: (_plot, at) => at.map(value) },
        ],
        series: [
          {
            label: 'at',
            value: (_plot, at) => (at === null ? '–' : new Date(at).toISOString().slice(11, 21)),
          },
          ...known.map(({ label }, index) => ({
            label,
            stroke: colour(index === 0 ? '--first' : '--second'),
            width: 2,
            value: (_plot: uPlot, raw: number | null) => value(raw),
            points: { show: samples.length < 40 },
          })),
        ],
      },
      data,
      element,
    );
    plot.current = made;
    const resize = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: 150 }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [chart, shape]);
  useEffect(() => plot.current?.setData(data), [samples, window.from, window.to]);
  if (known.length === 0) return null;
  return (
    <figure>
      <figcaption>{chart.title}</figcaption>
      <div ref={place} role="img" aria-label={`${chart.title}: highest ${peakText(chart, known, data)}`} />
    </figure>
  );
}

function dataOf(chart: Chart, known: Chart['series'], samples: readonly Sample[]): uPlot.AlignedData {
  const at = samples.map(({ startMs, intervalMs }) => startMs + intervalMs / 2);
  const values = known.map(({ figure }) =>
    samples.map((sample) => {
      const raw = sample[figure];
      if (raw === undefined) return null;
      return chart.unit === 'level'
        ? raw
        : raw / (sample.intervalMs / 1000) / (chart.unit === 'percent' ? 10 : 1);
    }),
  );
  return [at, ...values];
}

function peakText(chart: Chart, known: Chart['series'], [, ...values]: uPlot.AlignedData): string {
  return known
    .map(({ label }, index) => {
      const peak = Math.max(0, ...(values[index] ?? []).map((value) => value ?? 0));
      return `${label} ${valueText(peak, chart.unit)}`;
    })
    .join(', ');
}

function valueText(value: number, unit: Chart['unit']): string {
  if (unit === 'percent') return `${Math.round(value)} %`;
  return unit === 'rate' ? `${bytes(Math.round(value))}/s` : bytes(Math.round(value));
}
