import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packaging, put, putDocuments, putGzipped, putNode, putProgram, putText } from './layout.ts';
import { completions, manualPage } from './manual.ts';
import type { Product } from './product.ts';
import { readAgentUnit } from './unit.ts';

const lib = 'usr/lib/parbake';
const settings = 'etc/default/parbake-agent';
/** "cloud-init clean" runs it. */
const cleaner = 'etc/cloud/clean.d/50-parbake';
const units = [
  'parbake-agent.service',
  'parbake-read-ahead.service',
  'parbake-first-boot.service',
  'parbake-block-metadata.service',
  'parbake-ssh-host-keys.service',
] as const;

/** The package of an instance. @param gate the gate's program, for the package's architecture */
export function agentProduct(gate: string): Product {
  return {
    name: 'parbake-agent',
    folder: 'agent',
    units,
    configuration: [settings, cleaner],
    programs: [
      'usr/bin/parbake-agent',
      `${lib}/node`,
      `${lib}/gate`,
      `${lib}/make-snapshot`,
      `${lib}/read-ahead`,
      `${lib}/block-metadata`,
      cleaner,
    ],
    layOut(stage, parts) {
      putNode(stage, lib, parts);
      putProgram(stage, `${lib}/agent`, parts.dist, 'parbake-agent');
      put(stage, `${lib}/agent/proto`, join(parts.dist, 'proto'));
      put(stage, `${lib}/gate`, gate);
      const snapshot = readFileSync(join(packaging, 'systemd/make-snapshot'), 'utf8');
      const options = readAgentUnit().options.join(' ');
      putText(stage, `${lib}/make-snapshot`, snapshot.replace('@OPTIONS@', options));
      put(stage, `${lib}/read-ahead`, join(packaging, 'systemd/read-ahead'));
      put(stage, `${lib}/block-metadata`, join(packaging, 'systemd/block-metadata'));
      put(stage, 'usr/bin/parbake-agent', join(packaging, 'deb/agent/parbake-agent.sh'));
      for (const unit of units)
        put(stage, `usr/lib/systemd/system/${unit}`, join(packaging, 'systemd', unit));
      put(stage, settings, join(packaging, 'systemd/parbake-agent.default'));
      put(stage, cleaner, join(packaging, 'cloud-init/clean.d/50-parbake'));
      putDocuments(stage, parts, {
        name: 'parbake-agent',
        lib,
        bundles: ['parbake-agent'],
        readme: join(packaging, 'deb/agent/README.md'),
      });
      put(
        stage,
        'usr/share/doc/parbake-agent/examples/parbake.yaml',
        join(packaging, 'deb/agent/parbake.yaml'),
      );
      const bundle = join(parts.dist, 'parbake-agent.js');
      putGzipped(stage, 'usr/share/man/man1/parbake-agent.1.gz', manualPage(bundle));
      for (const [path, script] of completions('parbake-agent', bundle)) putText(stage, path, script);
    },
  };
}
