import { table } from '../../coordinator/insight/format.ts';
import type { StartResult } from './start.ts';
import type { AssignResult } from './assign.ts';
import type { BenchDocument } from './document.ts';

/** What was measured, for a person: one table a part. */
export function report(document: BenchDocument): string {
  const { machine, start, assign, lazy, dockerd, agent, bake } = document;
  const parts = [
    `${machine.cpus} processors, ${machine.memory_gib} GiB, Linux ${machine.kernel}, Docker ${machine.docker}. Times are ms.\n`,
  ];
  if (start !== undefined) parts.push(`From "now" to the first answer\n${startTable(start)}`);
  if (assign !== undefined) {
    const [run, pull] = (['baked_run', 'pull_and_run'] as const).map((method) => {
      const found = start?.find((row) => row.app === assign.app && row.method === method);
      return found === undefined ? '' : ratio(found.p50_ms, assign.p50_ms);
    });
    const row = (name: string, { n, p50_ms, p99_ms, steps }: AssignResult): string[] => [
      name,
      ...[n, p50_ms, p99_ms, steps.claimed, steps.started, steps.ready].map(String),
    ];
    const { attested } = assign;
    parts.push(
      `Assign to the first answer (${assign.app}, gate, SQLite, mutual TLS)\n${table(
        ['CERTIFICATE', 'N', 'P50', 'P99', 'CLAIMED', 'STARTED', 'READY', 'DOCKER RUN/IT', 'PULL AND RUN/IT'],
        [
          [...row('issued', assign), run ?? '', pull ?? ''],
          ...(attested === undefined ? [] : [[...row('attested', attested), '', '']]),
        ],
      )}`,
    );
    if (attested !== undefined) parts.push(`attested ÷ issued: ${attested.ratio} (at most 1.05)\n`);
  }
  if (lazy !== undefined)
    parts.push(
      `A lazily loaded disk, the order to the first answer (gate)\n${table(
        [
          'APP',
          'N',
          'COLD',
          'REPLAYED',
          'WARM',
          'COLD/REPLAYED',
          'REPLAYED/WARM',
          'REPLAY',
          'RECALL',
          'PRECISION',
        ],
        lazy.map((row) => [
          row.app,
          `${row.n} (cold ${row.cold_n})`,
          String(row.cold_ms),
          String(row.replayed_ms),
          String(row.warm_ms),
          ratio(row.cold_ms, row.replayed_ms),
          ratio(row.replayed_ms, row.warm_ms),
          String(row.replay_ms),
          String(row.recall),
          String(row.precision),
        ]),
      )}`,
    );
  if (dockerd !== undefined)
    parts.push(
      `dockerd's own start on a lazily loaded disk\n${table(
        ['IMAGES', 'N', 'COLD', 'REPLAYED', 'REPLAY', 'COLD/REPLAYED'],
        dockerd.map((row) => [
          ...[row.images, row.n, row.cold_ms, row.replayed_ms, row.replay_ms].map(String),
          ratio(row.cold_ms, row.replayed_ms),
        ]),
      )}`,
    );
  if (bake !== undefined)
    parts.push(
      `Bake with byte verification, and docker pull of the same images\n${table(
        ['IMAGES', 'MIB', 'N', 'PULL', 'BAKE', 'BAKE/PULL'],
        bake.map((row) => [
          ...[row.images, row.size_bytes / 1024 ** 2, row.n, row.pull_ms, row.bake_ms].map(String),
          ratio(row.bake_ms, row.pull_ms),
        ]),
      )}`,
    );
  if (agent !== undefined) {
    const { without_samples: without } = agent;
    parts.push(
      `The agent, bundled\n${table(
        ['N', 'EXEC TO CHECK-IN', 'RSS MIB', 'CPU %', 'IDLE S'],
        [
          [agent.n, agent.exec_to_check_in_p50_ms, agent.rss_mib, agent.cpu_percent, agent.idle_s].map(
            String,
          ),
          ...(without === undefined
            ? []
            : [['', '', `${without.rss_mib}`, `${without.cpu_percent}`, 'without samples']]),
        ],
      )}`,
    );
  }
  return parts.join('\n');
}

function startTable(results: readonly StartResult[]): string {
  const rows = results.map((row) => {
    const gate = results.find(({ app, method }) => app === row.app && method === 'gate');
    return [
      row.app,
      row.method,
      String(row.n),
      String(row.p50_ms),
      String(row.p99_ms),
      gate === undefined ? '' : ratio(row.p50_ms, gate.p50_ms),
    ];
  });
  return table(['APP', 'METHOD', 'N', 'P50', 'P99', 'TIMES THE GATE'], rows);
}

function ratio(a: number, b: number): string {
  const value = a / b;
  return value >= 10 ? value.toFixed(0) : value.toFixed(2);
}
