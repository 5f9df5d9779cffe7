import { EC2ServiceException } from '@aws-sdk/client-ec2';
import { reasonOf } from '../../proto/errors/cause.ts';
import { ProviderError } from '../core/pool/provider.ts';
import { refusalOf } from './ec2-refusals.ts';

/** Makes a call to EC2. @throws ProviderError for whatever goes wrong */
export async function asked<T>(action: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const isAnswer = cause instanceof EC2ServiceException;
    const code = isAnswer ? cause.name : '';
    const kind = refusalOf(code, isAnswer ? (cause.$metadata.httpStatusCode ?? 0) : 0);
    const reason = isAnswer ? cause.message : reasonOf(cause);
    throw new ProviderError(kind, code === '' ? 'NoAnswer' : code, `${action}: ${reason}`, { cause });
  }
}
