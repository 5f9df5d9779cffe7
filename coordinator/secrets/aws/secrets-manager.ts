import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { SecretProvider } from '../secrets.ts';
import { clientOptions, missing, textOf, unavailable, type AwsSecretPlace } from './secret-place.ts';

/** Secrets of AWS Secrets Manager, in their current version. */
export function secretsManager({ region, prefix }: AwsSecretPlace): SecretProvider {
  const client = new SecretsManagerClient(clientOptions(region));
  return {
    async fetch(name, abortSignal) {
      try {
        const command = new GetSecretValueCommand({ SecretId: `${prefix}${name}` });
        return textOf(name, (await client.send(command, { abortSignal })).SecretString);
      } catch (cause) {
        throw cause instanceof ResourceNotFoundException ? missing(name) : unavailable(name, cause);
      }
    },
  };
}
