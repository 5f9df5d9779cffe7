import { join } from 'node:path';
import { packaging, put, putDocuments, putGzipped, putNode, putProgram, putText } from './layout.ts';
import { completions, manualPage } from './manual.ts';
import type { Product } from './product.ts';

/** A directory of its own: one machine may have the agent's package too. */
const lib = 'usr/lib/parbake-coordinator';
const settings = 'etc/default/parbake-coordinator';
const unit = 'parbake-coordinator.service';

/** The coordinator's package, with the operator's program. */
export const coordinatorProduct: Product = {
  name: 'parbake-coordinator',
  folder: 'coordinator',
  units: [unit],
  configuration: [settings],
  programs: ['usr/bin/parbake-coordinator', 'usr/bin/parbake', `${lib}/node`],
  layOut(stage, parts) {
    const { dist } = parts;
    putNode(stage, lib, parts);
    for (const program of ['parbake-coordinator', 'parbake'] as const) {
      putProgram(stage, `${lib}/app`, dist, program);
      put(stage, `usr/bin/${program}`, join(packaging, `deb/coordinator/${program}.sh`));
    }
    for (const beside of ['proto', 'web']) put(stage, `${lib}/app/${beside}`, join(dist, beside));
    put(stage, `usr/lib/systemd/system/${unit}`, join(packaging, 'systemd', unit));
    put(
      stage,
      'usr/lib/sysusers.d/parbake-coordinator.conf',
      join(packaging, 'systemd/parbake-coordinator.sysusers'),
    );
    put(stage, settings, join(packaging, 'systemd/parbake-coordinator.default'));
    putDocuments(stage, parts, {
      name: 'parbake-coordinator',
      lib,
      bundles: ['parbake-coordinator', 'parbake'],
      readme: join(packaging, 'deb/coordinator/README.md'),
    });
    for (const name of ['parbake-coordinator', 'parbake']) {
      const bundle = join(dist, `${name}.js`);
      putGzipped(stage, `usr/share/man/man1/${name}.1.gz`, manualPage(bundle));
      for (const [path, script] of completions(name, bundle)) putText(stage, path, script);
    }
  },
};
