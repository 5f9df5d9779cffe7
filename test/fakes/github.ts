import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { shop } from './github-payloads.ts';

/** A deployment, with its statuses in the order in which they came. */
export interface FakeDeployment {
  id: number;
  ref: string;
  statuses: { state: string; description: string; environment_url?: string }[];
}

/** What is wrong with it for a while. */
export type Trouble = { status: number; headers?: Readonly<Record<string, string>> } | 'silence' | undefined;

/** GitHub's REST API on loopback, as far as previews ask it: branches, one file, deployments. */
export interface FakeGitHub {
  url: string;
  /** Commits by `owner/name branch`. */
  readonly branches: Map<string, string>;
  /** Preview files by `owner/name`. */
  readonly files: Map<string, string>;
  /** Pull requests by their number. */
  readonly pulls: Map<number, { state: string; updated_at: string; head: { sha: string } }>;
  readonly deployments: FakeDeployment[];
  /** Every call that was made, as `METHOD /path`. */
  readonly calls: string[];
  /** The repository that a run's commits come from, by the run; the asked one unless given. */
  readonly sources: Map<number, number>;
  trouble: Trouble;
  close(): Promise<void>;
}

export const githubToken = 'github_pat_11ABCDEFG0123456789';

export async function startFakeGitHub(host = '127.0.0.1'): Promise<FakeGitHub> {
  const [branches, files] = [new Map<string, string>(), new Map<string, string>()];
  const sources = new Map<number, number>();
  const pulls: FakeGitHub['pulls'] = new Map();
  const [deployments, calls]: [FakeDeployment[], string[]] = [[], []];
  const answerTo = (method: string, path: string, body: Readonly<Record<string, unknown>>): Answer => {
    const [, repository = '', rest = ''] = /^\/repos\/([^/]+\/[^/]+)\/(.+)$/.exec(path) ?? [];
    const [, branch] = /^branches\/(.+)$/.exec(rest) ?? [];
    if (method === 'GET' && branch !== undefined) {
      const sha = branches.get(`${repository} ${branch.split('/').map(decodeURIComponent).join('/')}`);
      return sha === undefined ? notFound : { status: 200, json: { name: branch, commit: { sha } } };
    }
    const [, number] = /^pulls\/(\d+)$/.exec(rest) ?? [];
    if (method === 'GET' && number !== undefined) {
      const pull = pulls.get(Number(number));
      return pull === undefined ? notFound : { status: 200, json: pull };
    }
    if (method === 'GET' && rest === 'contents/parbake.preview.yaml') {
      const text = files.get(repository);
      return text === undefined ? notFound : { status: 200, text };
    }
    if (method === 'POST' && rest === 'deployments') {
      const deployment = { id: deployments.length + 1, ref: String(body['ref']), statuses: [] };
      deployments.push(deployment);
      return { status: 201, json: { id: deployment.id } };
    }
    const [, run] = /^actions\/runs\/(\d+)$/.exec(rest) ?? [];
    if (method === 'GET' && run !== undefined)
      return {
        status: 200,
        json: { id: Number(run), head_repository: { id: sources.get(Number(run)) ?? shop.id } },
      };
    if (method === 'POST' && rest === 'actions/runners/generate-jitconfig')
      return { status: 201, json: { encoded_jit_config: `config of ${String(body['name'])}` } };
    const [, id] = /^deployments\/(\d+)\/statuses$/.exec(rest) ?? [];
    const deployment = deployments[Number(id) - 1];
    if (method === 'POST' && deployment !== undefined) {
      const { state, description, environment_url: url } = body;
      if (typeof state !== 'string' || typeof description !== 'string')
        return { status: 422, json: { message: 'Validation Failed' } };
      const address = typeof url === 'string' ? { environment_url: url } : {};
      deployment.statuses.push({ state, description, ...address });
      return { status: 201, json: { id: 1 } };
    }
    return notFound;
  };
  const server = createServer((request, response) => {
    const { method = '', url: path = '', headers } = request;
    calls.push(`${method} ${path}`);
    const { trouble } = github;
    if (trouble === 'silence') return;
    void bodyOf(request).then((body) => {
      const isKnown = headers.authorization === `Bearer ${githubToken}`;
      const answer: Answer = isKnown ? answerTo(method, path, body) : { status: 401, json: {} };
      response.writeHead(trouble?.status ?? answer.status, trouble?.headers ?? {});
      response.end(answer.text ?? JSON.stringify(answer.json ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const github: FakeGitHub = {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    ...{ branches, files, pulls, sources, deployments, calls },
    trouble: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return github;
}

interface Answer {
  status: number;
  json?: object;
  text?: string;
}

const notFound: Answer = { status: 404, json: { message: 'Not Found' } };

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}
