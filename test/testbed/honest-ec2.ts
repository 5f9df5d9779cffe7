import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong with one call. */
export type HttpFault =
  | { do: 'refuse'; status: number; code: string }
  /** The connection ends before EC2 has the call. */
  | { do: 'lose before' }
  /** EC2 carries the call out, and the connection ends before its answer. */
  | { do: 'lose after' }
  /** EC2 never answers, and the connection stays open. */
  | { do: 'hang' }
  /** EC2 carries the call out, and something between says 503. */
  | { do: '503 after' };

export interface HonestEc2 {
  /** What a program needs in its environment to take it for EC2. */
  readonly endpoint: string;
  /** Goes wrong with the next call of an action. Several wait in line. */
  readonly faults: Map<string, HttpFault[]>;
  /** What machines wrote on their consoles; moto has the same text for all. */
  readonly consoles: Map<string, string>;
  /** What arrived, in order. */
  readonly calls: { action: string; fields: ReadonlyMap<string, string> }[];
  close(): Promise<void>;
}

/** What was done for a client token in one zone. */
interface Done {
  body: string;
  answer: Promise<Answer>;
}

interface Answer {
  status: number;
  type: string;
  text: string;
}

/**
 * Stands before moto and keeps EC2's promises that moto breaks: the same client token in the same subnet launches once,
 * other contents with it are refused, MaxCount counts, and the name of an image is unique.
 * @param moto its endpoint
 */
export async function startHonestEc2(moto: string): Promise<HonestEc2> {
  const faults: HonestEc2['faults'] = new Map();
  const calls: HonestEc2['calls'] = [];
  const tokens = new Map<string, Done>();
  const names = new Set<string>();
  const consoles: HonestEc2['consoles'] = new Map();

  const forward = async (request: IncomingMessage, body: string): Promise<Answer> => {
    const headers = new Headers();
    for (const name of ['content-type', 'authorization', 'x-amz-date']) {
      const value = request.headers[name];
      if (typeof value === 'string') headers.set(name, value);
    }
    const answer = await fetch(moto, { method: 'POST', headers, body });
    return {
      status: answer.status,
      type: answer.headers.get('content-type') ?? 'text/xml',
      text: await answer.text(),
    };
  };

  const launch = (request: IncomingMessage, fields: URLSearchParams): Promise<Answer> => {
    const token = fields.get('ClientToken') ?? '';
    const key = `${fields.get('SubnetId') ?? ''} ${token}`;
    const body = createHash('sha256').update(fields.toString()).digest('hex');
    const known = tokens.get(key);
    if (known !== undefined)
      return known.body === body
        ? known.answer
        : Promise.resolve(refusal(400, 'IdempotentParameterMismatch', 'the token was used for another call'));
    // Moto launches MinCount machines whatever MaxCount says.
    const asked = new URLSearchParams(fields);
    asked.set('MinCount', fields.get('MaxCount') ?? '1');
    const answer = forward(request, asked.toString());
    tokens.set(key, { body, answer });
    return answer;
  };

  const createImage = async (request: IncomingMessage, fields: URLSearchParams): Promise<Answer> => {
    const name = fields.get('Name') ?? '';
    if (names.has(name)) return refusal(400, 'InvalidAMIName.Duplicate', 'another image has the name');
    names.add(name);
    // Moto fails for tags of snapshots.
    const asked = new URLSearchParams(fields);
    for (const [key, value] of fields)
      if (/^TagSpecification\.\d+\.ResourceType$/.test(key) && value === 'snapshot')
        for (const other of fields.keys())
          if (other.startsWith(key.replace(/ResourceType$/, ''))) asked.delete(other);
    return await forward(request, asked.toString());
  };

  const carryOut = (action: string, request: IncomingMessage, fields: URLSearchParams): Promise<Answer> => {
    if (action === 'RunInstances') return launch(request, fields);
    const said = action === 'GetConsoleOutput' ? consoles.get(fields.get('InstanceId') ?? '') : undefined;
    if (said !== undefined) return Promise.resolve(consoleOutput(said));
    return action === 'CreateImage' ? createImage(request, fields) : forward(request, fields.toString());
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const fields = new URLSearchParams(Buffer.concat(chunks).toString());
    const action = fields.get('Action') ?? '';
    calls.push({ action, fields: new Map(fields) });
    const fault = faults.get(action)?.shift();
    if (fault?.do === 'hang') return;
    if (fault?.do === 'lose before') return void request.socket.destroy();
    const answer =
      fault?.do === 'refuse'
        ? refusal(fault.status, fault.code, 'as the test asked')
        : await carryOut(action, request, fields);
    if (fault?.do === 'lose after') return void request.socket.destroy();
    const told = fault?.do === '503 after' ? refusal(503, 'Unavailable', 'as the test asked') : answer;
    response.writeHead(told.status, { 'content-type': told.type }).end(told.text);
  };

  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    faults,
    consoles,
    calls,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function consoleOutput(said: string): Answer {
  const output = Buffer.from(said).toString('base64');
  const text = `<?xml version="1.0" encoding="UTF-8"?><GetConsoleOutputResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><output>${output}</output></GetConsoleOutputResponse>`;
  return { status: 200, type: 'text/xml', text };
}

/** An error as EC2's Query protocol has it. */
function refusal(status: number, code: string, message: string): Answer {
  return {
    status,
    type: 'text/xml',
    text: `<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>0</RequestID></Response>`,
  };
}
