import type { Preview__Output } from '../../proto/gen/parbake/v1/Preview.ts';
import { reasonText } from '../../proto/errors/reason.ts';
import { millisecondsOf } from '../../proto/wire/time.ts';
import { printable, stateName, table } from '../insight/format.ts';
import { timeText } from './documents.ts';

export function previewDocument(preview: Preview__Output) {
  const { timings } = preview;
  return {
    preview_id: preview.previewId,
    repository: preview.repository,
    branch: preview.branch,
    pull_request: preview.pullRequest,
    from_fork: preview.fromFork,
    state: stateName(preview.state),
    reason: preview.reason,
    message: preview.message,
    sha: preview.sha,
    serving_sha: preview.servingSha,
    assignment_id: preview.assignmentId,
    label: preview.label,
    urls: preview.urls,
    receive_time: timeText(preview.receiveTime),
    claimed_ms: millisecondsOf(timings?.claimed) ?? null,
    serving_ms: millisecondsOf(timings?.serving) ?? null,
    routed_ms: millisecondsOf(timings?.routed) ?? null,
  };
}

export const previewHeader = [
  ...['PREVIEW', 'REPOSITORY', 'BRANCH', 'STATE'],
  ...['COMMIT', 'SERVING', 'ADDRESS', 'REASON'],
];

/** What a line about one says. */
export function previewCells(preview: Preview__Output): string[] {
  return [
    preview.previewId,
    preview.repository,
    nameOf(preview),
    stateName(preview.state),
    preview.sha.slice(0, 7) || '-',
    preview.servingSha.slice(0, 7) || '-',
    preview.urls[0] ?? '-',
    printable(reasonText(preview)) || '-',
  ];
}

/** Everything about one, a line for each thing. */
export function previewText(preview: Preview__Output): string {
  const { timings } = preview;
  const step = (name: string, time: Parameters<typeof millisecondsOf>[0]): string[][] => {
    const ms = millisecondsOf(time);
    return ms === undefined ? [] : [[name, `${Math.round(ms)} ms after the push came`]];
  };
  const lines = [
    ['repository', preview.repository],
    ['branch', nameOf(preview)],
    ['state', stateName(preview.state)],
    ['reason', printable(reasonText(preview)) || '-'],
    ['commit', preview.sha || '-'],
    ['serving', preview.servingSha || '-'],
    ['assignment', preview.assignmentId || '-'],
    ...preview.urls.map((url) => ['address', url]),
    ...step('claimed', timings?.claimed),
    ...step('started', timings?.serving),
    ...step('routed', timings?.routed),
  ];
  return table(['PREVIEW', preview.previewId], lines);
}

function nameOf({ branch, pullRequest, fromFork }: Preview__Output): string {
  const name = printable(branch);
  if (pullRequest === 0) return name;
  return `${name} (#${pullRequest}${fromFork ? ', fork' : ''})`;
}
