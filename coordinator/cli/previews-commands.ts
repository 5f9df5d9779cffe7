import { command } from '../../proto/process/cli/command.ts';
import { flag, preset, required, text } from '../../proto/process/cli/options.ts';
import type { CommandContext } from '../../proto/process/command.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { exitCodes, type ExitCode } from '../../proto/errors/exit.ts';
import type { Preview__Output } from '../../proto/gen/parbake/v1/Preview.ts';
import { connectionOptions, settingsFile, withCoordinator, type Clients } from './client.ts';
import { listOptions, listText } from './listing.ts';
import { previewCells, previewDocument, previewHeader, previewText } from './previews-text.ts';

const pageSize = 1_000;
const previewId = { preview: required(text('PREVIEW', 'id of the preview')) };

export const listPreviewsCommand = command(
  {
    name: 'previews list',
    summary: 'List the environments of branches.',
    description:
      'Lists the previews that follow branches and pull requests (docs/previews.md), and where they answer.',
    options: {
      repository: preset(text('OWNER/NAME', 'only previews of this repository'), ''),
      all: flag('also those that have ended or that nobody wants'),
      ...listOptions,
    },
    positionals: {},
    examples: ['parbake previews list --repository acme/shop'],
    settingsFile,
  },
  async (values, context) => {
    const { repository, all: includeEnded } = values;
    const previews = await withCoordinator(values, context, (clients) =>
      readPreviews(clients, { repository, includeEnded }),
    );
    context.stdout.write(
      listText(values, {
        header: previewHeader,
        items: previews,
        cellsOf: previewCells,
        document: () => ({ previews: previews.map(previewDocument) }),
      }),
    );
    return exitCodes.done;
  },
);

export const showPreviewCommand = command(
  {
    name: 'previews show',
    summary: 'Show one preview.',
    description: 'Shows how a preview stands, why, where it answers, and how long the steps took.',
    options: connectionOptions,
    positionals: previewId,
    examples: ['parbake previews show pv-5f0c2a31d4e6b798'],
    settingsFile,
  },
  async (values, context) =>
    await write(values, context, ({ previews }) => previews.getPreview({ previewId: values.preview })),
);

export const releasePreviewCommand = command(
  {
    name: 'previews release',
    summary: 'End the environment of a branch.',
    description: 'Releases a preview. The next commit of its branch starts another one.',
    options: connectionOptions,
    positionals: previewId,
    examples: ['parbake previews release pv-5f0c2a31d4e6b798'],
    settingsFile,
  },
  async (values, context) =>
    await write(values, context, ({ previews }) => previews.releasePreview({ previewId: values.preview })),
);

export const approvePreviewCommand = command(
  {
    name: 'previews approve',
    summary: 'Let one commit of a fork run.',
    description:
      'Lets one commit of a pull request from a fork have an environment. Read the commit first. The next commit waits for its own approval.',
    options: connectionOptions,
    positionals: { ...previewId, sha: required(text('SHA', 'the commit that you looked at, in full')) },
    examples: ['parbake previews approve pv-5f0c2a31d4e6b798 3f9c2a1d0b4e5f60718293a4b5c6d7e8f9012345'],
    settingsFile,
  },
  async (values, context) =>
    await write(values, context, ({ previews }) =>
      previews.approvePreview({ previewId: values.preview, sha: values.sha }),
    ),
);

async function write(
  values: Parameters<typeof withCoordinator>[0] & { json: boolean },
  context: CommandContext,
  ask: (clients: Clients) => Promise<{ preview: Preview__Output | null }>,
): Promise<ExitCode> {
  const { preview } = await withCoordinator(values, context, ask);
  if (preview === null) throw new ParbakeError('INTERNAL', 'the coordinator answered without a preview');
  context.stdout.write(values.json ? `${JSON.stringify(previewDocument(preview))}\n` : previewText(preview));
  return exitCodes.done;
}

async function readPreviews(
  { previews: api }: Pick<Clients, 'previews'>,
  wanted: { repository: string; includeEnded: boolean },
): Promise<Preview__Output[]> {
  const all: Preview__Output[] = [];
  for (let pageToken = ''; ;) {
    const { previews, nextPageToken } = await api.listPreviews({ ...wanted, pageSize, pageToken });
    all.push(...previews);
    pageToken = nextPageToken;
    if (pageToken === '') return all;
  }
}
