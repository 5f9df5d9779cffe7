import type { GateArchitecture } from '../dev/gate-build.ts';

/** One package, in whatever format: what it is called, what is in it, and what its installation has to know. */
export interface Product {
  name: 'parbake-agent' | 'parbake-coordinator';
  /** Its folder below packaging/deb, with the control file and the maintainer scripts. */
  folder: 'agent' | 'coordinator';
  /** systemd's units that an installation enables. */
  units: readonly string[];
  /** A user's own files: changes to them survive an upgrade. Paths as on the instance, without the first slash. */
  configuration: readonly string[];
  /** Files that are executable. */
  programs: readonly string[];
  /** Puts everything that any format installs below `stage`. Modes are set last, by `setModes`. */
  layOut(stage: string, parts: Parts): void;
}

/** What a package is made from. */
export interface Parts {
  architecture: GateArchitecture;
  /** Where the bundles are. */
  dist: string;
  /** Where packages go. */
  output: string;
  /** The npm package with Node's own program and licence. */
  node: string;
  /** Compressed as little as possible: made in seconds, half as large again. */
  isFast: boolean;
}
