import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import type { SecretProvider } from '../secrets.ts';
import { clientOptions, missing, textOf, unavailable, type AwsSecretPlace } from './secret-place.ts';

/** Secrets as parameters of AWS Systems Manager Parameter Store, SecureString or not. */
export function parameterStore({ region, prefix }: AwsSecretPlace): SecretProvider {
  const client = new SSMClient(clientOptions(region));
  return {
    async fetch(name, abortSignal) {
      // A name with a slash in it has to begin with one.
      const Name = `/${prefix}${name}`;
      try {
        const found = await client.send(new GetParameterCommand({ Name, WithDecryption: true }), {
          abortSignal,
        });
        return textOf(name, found.Parameter?.Value);
      } catch (cause) {
        throw cause instanceof ParameterNotFound ? missing(name) : unavailable(name, cause);
      }
    },
  };
}
