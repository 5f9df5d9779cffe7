import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Control, TargetProof } from '../proof/document.ts';
import { proveTarget } from '../proof/target.ts';
import { dockerRelease, dockerReleaseNames } from '../testbed/docker-releases.ts';
import { createTestbed, testbedMissing, type Testbed } from '../testbed/testbed.ts';
import { unlessRequired } from '../support/requirement.ts';

const missing = unlessRequired(testbedMissing());
const targets = await Promise.all(
  dockerReleaseNames.map(async (name) => ({
    name,
    release: missing === undefined ? await dockerRelease(name) : { missing },
  })),
);

/** One of each kind: an identity in a file and in a database, a secret, a boot that fails, and outside of Docker. */
const some = ['docker-network-db', 'docker-pid-files', 'histories', 'dbus-machine-id'];

for (const { name, release } of targets) {
  const why = unlessRequired('missing' in release ? release.missing : undefined);
  const controls = [...some, name === 'docker-20.10' ? 'docker-key-json' : 'docker-engine-id'];

  describe.skipIf('missing' in release)(`the proof, ${name} ${why ?? ''}`, () => {
    let testbed: Testbed;
    let proven: { proof: TargetProof; controls: Control[] };

    beforeAll(async () => {
      if ('missing' in release) return;
      testbed = await createTestbed();
      proven = await proveTarget({ testbed, release, clones: 2, controls, say: () => {} });
    });

    afterAll(async () => {
      await testbed?.close();
    });

    test('clones share no identity, have the images, and none of the secrets', () => {
      expect(proven.proof).toEqual({
        target: name,
        clones: 2,
        // Of each clone: of Docker the Engine, two networks and containerd; the machine id and the SSH host key.
        identities_compared: 12,
        duplicates: [],
        parent_matches: [],
        canaries_planted: expect.any(Number),
        canaries_found: 0,
        images_match_manifest: true,
        problems: [],
      });
      expect(proven.proof.canaries_planted).toBeGreaterThan(30);
    });

    test.each(controls)('without %s it fails by that name', (rule) => {
      const control = proven.controls.find((one) => one.rule === rule);
      expect(control).toEqual({ rule, target: name, caught: true, named: true, named_rules: [rule] });
    });
  });
}
