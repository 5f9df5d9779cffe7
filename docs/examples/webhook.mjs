// Gives every pull request an instance: a webhook of a GitHub repository, with Node alone.
//   PARBAKE_URL=http://127.0.0.1:8080 PARBAKE_TOKEN=… WEBHOOK_SECRET=… node webhook.mjs
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const { PARBAKE_URL, PARBAKE_TOKEN, WEBHOOK_SECRET = '', ROLE = 'web', PORT = '8787' } = process.env;

/** Calls Parbake's HTTP API. An error has the code of docs/errors.md. */
async function parbake(method, path, body) {
  const headers = { authorization: `Bearer ${PARBAKE_TOKEN}`, 'content-type': 'application/json' };
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${PARBAKE_URL}${path}`, { method, headers, ...content });
  const answer = await response.json();
  if (response.ok) return answer.assignment;
  const { reason } = answer.details.find((detail) => detail['@type'].endsWith('ErrorInfo')) ?? {};
  throw Object.assign(new Error(answer.message), { reason });
}

function isGenuine(payload, signature = '') {
  const expected = `sha256=${createHmac('sha256', WEBHOOK_SECRET).update(payload).digest('hex')}`;
  return (
    signature.length === expected.length && timingSafeEqual(Buffer.from(signature), Buffer.from(expected))
  );
}

async function follow({ action, number, pull_request: pull, repository }) {
  // The same push gives the same assignment, however often GitHub delivers it.
  const requestId = `${repository.full_name}#${number}@${pull.head.sha}`;
  if (action === 'closed') {
    const { assignmentId } = await parbake(
      'GET',
      `/v1/assignments?requestId=${encodeURIComponent(requestId)}`,
    );
    return await parbake('POST', `/v1/assignments/${assignmentId}:release`);
  }
  if (!['opened', 'synchronize'].includes(action)) return undefined;
  const environment = `pull-${number}`;
  // A push replaces the instance of the one before, once the new one serves.
  const wanted = { user: repository.full_name, role: ROLE, environment, ifExists: 'IF_EXISTS_REPLACE' };
  return await parbake('POST', '/v1/assignments', { requestId, ttl: '28800s', ...wanted });
}

const server = createServer(async (request, response) => {
  const chunks = await Array.fromAsync(request);
  const payload = Buffer.concat(chunks);
  if (!isGenuine(payload, request.headers['x-hub-signature-256'])) return response.writeHead(401).end();
  try {
    const assignment = await follow(JSON.parse(payload));
    response.end(JSON.stringify(assignment ?? {}));
  } catch (cause) {
    console.error(cause.reason, cause.message);
    // GitHub shows the answer beside the delivery, and offers to send it again.
    response.writeHead(502).end(JSON.stringify({ reason: cause.reason, message: cause.message }));
  }
});
server.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on port ${server.address().port}`));
