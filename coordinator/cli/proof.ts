import type { Proof } from '../../proto/client/services.ts';
import { isToken, withToken } from '../../proto/client/token.ts';
import { defined } from '../../proto/errors/defined.ts';
import { ParbakeError } from '../../proto/errors/errors.ts';
import { readRequired } from '../../proto/process/required-file.ts';
import { clientCredentials, serverOnlyCredentials } from '../../proto/wire/channel.ts';
import { readTls } from '../../proto/wire/tls-files.ts';

/** Where to call, and what to show there. */
interface ProofValues {
  coordinator: string;
  tlsCa: string | undefined;
  tlsCert: string | undefined;
  tlsKey: string | undefined;
  tlsName: string | undefined;
  tokenFile: string | undefined;
}

/** @throws ParbakeError USAGE, FILE_UNREADABLE, TLS_INVALID, KEY_EXPOSED, INSECURE_ADDRESS */
export async function proofOf(values: ProofValues): Promise<Proof> {
  const { coordinator: address, tlsCa: ca, tlsCert: certificate, tlsKey: key, tlsName: name } = values;
  const { tokenFile } = values;
  if (tokenFile === undefined)
    return {
      credentials: clientCredentials(address, await readTls({ ca, certificate, key, name })),
      interceptors: [],
    };
  const token = (await readRequired(tokenFile)).toString().trim();
  if (!isToken(token)) throw new ParbakeError('USAGE', 'the file in --token-file holds no token');
  const isCertified = certificate !== undefined || key !== undefined;
  const credentials =
    ca === undefined || isCertified
      ? clientCredentials(address, await readTls({ ca, certificate, key, name }))
      : serverOnlyCredentials(address, { ca: await readRequired(ca), ...defined({ name }) });
  return { credentials, interceptors: [withToken(token)] };
}
