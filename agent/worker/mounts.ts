import { ParbakeError } from '../../proto/errors/errors.ts';
import type { ContainerSpec } from '../../proto/recipe/role.ts';
import type { Order } from '../core/order/order.ts';
import type { ContainerRequest, GateMount } from '../docker/container-spec.ts';
import { gateInContainer, socketInContainer, type GatePlaces } from '../gate/places.ts';
import type { CertificateFiles } from './certificate-files.ts';
import type { OrderFiles } from './order-files.ts';

/**
 * A gate for a container that is made at its order: its configuration, which Docker stores on the disk, would have the
 * user's variables. A certificate's key is given to the gate's user.
 * @returns undefined when the order sets none of its variables, and it takes no certificate
 * @throws ParbakeError GATE_UNAVAILABLE when there is no gate on this instance
 */
export async function gateForOrder(
  { name, userEnv, certificate }: ContainerSpec,
  { env }: Order,
  places: GatePlaces,
): Promise<GateMount | undefined> {
  const hasVariables = userEnv.some((variable) => env[variable] !== undefined);
  if (!hasVariables && certificate === undefined) return undefined;
  if (await places.isAvailable()) return await gateMount(places);
  const why = hasVariables
    ? "the order's variables: without the gate they would be stored on the disk"
    : 'a certificate: without the gate nothing tells whose its key is';
  throw new ParbakeError('GATE_UNAVAILABLE', `container ${name} cannot take ${why}`);
}

/** Empty places for the files and the certificate of an order, for a container that takes them. */
export async function filesMount(
  { files, certificates }: { files: OrderFiles; certificates: CertificateFiles },
  { files: filesPath, certificate: certificatePath }: ContainerSpec,
): Promise<ContainerRequest['files']> {
  if (filesPath === undefined && certificatePath === undefined) return undefined;
  const key = await files.make();
  if (certificatePath !== undefined) await certificates.make(key);
  return {
    key,
    binds: [
      ...(filesPath === undefined ? [] : [files.bind(key, filesPath)]),
      ...(certificatePath === undefined ? [] : [certificates.bind(key, certificatePath)]),
    ],
  };
}

export async function gateMount(places: GatePlaces): Promise<GateMount> {
  const key = await places.make();
  return { key, binds: places.binds(key), program: gateInContainer, socket: socketInContainer };
}
