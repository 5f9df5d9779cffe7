import { createHmac, timingSafeEqual } from 'node:crypto';
import { prepareLevels, type PrepareLevel } from '../../proto/recipe/role.ts';
import { placeKeyFrom, type PlaceKey } from '../core/order/place-key.ts';
import { labels } from './labels.ts';

/** What the hash of labels is made with. */
export interface LabelKey {
  /** Secret; the same over restarts of the agent. */
  readonly bytes: Buffer;
  /** Makes it durable. @throws ParbakeError AGENT_STATE_UNWRITABLE, DISK_FULL */
  keep(): void;
}

/** What the labels of a container say about it. */
export interface LabelledContainer {
  /** Its name in the role. */
  name: string;
  role: string;
  /** Empty for one that was prepared for an unknown user. */
  assignmentId: string;
  /** `none` for one that was made for an order. */
  level: PrepareLevel;
  /** Names the place where it meets its gate; undefined when it has none. */
  gateKey: PlaceKey | undefined;
  /** Names the place of the order that it reads itself; undefined when it does not. */
  holdKey: PlaceKey | undefined;
  /** Names the place of its files; undefined when it takes none. */
  filesKey: PlaceKey | undefined;
}

/**
 * Writes and reads the labels of containers. A container also inherits the labels of its image, so anybody who can push an
 * image could pass a container off as ours. Therefore every label is set on every container, and a keyed hash over the
 * labels and the container's name, which is unique in its Engine, shows that this agent made it. A list of ids would miss
 * a container when the agent is killed between Docker's answer and the write.
 */
export class OwnLabels {
  readonly #key: LabelKey;

  constructor(key: LabelKey) {
    this.#key = key;
  }

  /**
   * @param dockerName the container's name in the Engine
   * @throws ParbakeError AGENT_STATE_UNWRITABLE, DISK_FULL when the key cannot be kept: a restarted agent would not know the
   *   container
   */
  write(dockerName: string, container: LabelledContainer): Record<string, string> {
    this.#key.keep();
    const written = {
      [labels.container]: container.name,
      [labels.role]: container.role,
      [labels.assignment]: container.assignmentId,
      [labels.prepared]: container.level,
      [labels.gate]: container.gateKey ?? '',
      [labels.files]: container.filesKey ?? '',
      [labels.hold]: container.holdKey ?? '',
    };
    return { ...written, [labels.seal]: this.#seal(dockerName, written).toString('base64') };
  }

  /**
   * @param dockerNames as Docker lists them
   * @returns undefined for a container that this agent did not make
   */
  read(
    dockerNames: readonly string[],
    found: Readonly<Record<string, string>>,
  ): LabelledContainer | undefined {
    const seal = Buffer.from(found[labels.seal] ?? '', 'base64');
    const isOurs = dockerNames.some((name) => {
      const expected = this.#seal(name.replace(/^\//, ''), found);
      return seal.length === expected.length && timingSafeEqual(seal, expected);
    });
    if (!isOurs) return undefined;
    const level = found[labels.prepared];
    return {
      name: found[labels.container] ?? '',
      role: found[labels.role] ?? '',
      assignmentId: found[labels.assignment] ?? '',
      level: prepareLevels.find((known) => known === level) ?? 'none',
      gateKey: placeKeyFrom(found[labels.gate] ?? ''),
      holdKey: placeKeyFrom(found[labels.hold] ?? ''),
      filesKey: placeKeyFrom(found[labels.files] ?? ''),
    };
  }

  #seal(dockerName: string, written: Readonly<Record<string, string>>): Buffer {
    const { container, role, assignment, prepared, gate, files, hold } = labels;
    const sealed = [container, role, assignment, prepared, gate, files].map((label) => written[label] ?? '');
    const held = written[hold] ?? '';
    // An agent before there was hold sealed six labels, and its containers are still ours.
    if (held !== '') sealed.push(held);
    return createHmac('sha256', this.#key.bytes)
      .update(JSON.stringify([dockerName, ...sealed]))
      .digest();
  }
}
