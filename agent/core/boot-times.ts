/** One part of the boot. Milliseconds on the kernel's monotonic clock: 0 is its start, and firmware comes before it. */
export interface BootPart {
  name: string;
  from: number;
  to: number;
  /** The part that contains it; absent at the top level. */
  within?: string;
}

/** Properties that systemd is asked for: its own, and those of the units that a container waits for. */
export const managerProperties = [
  'FirmwareTimestampMonotonic',
  'LoaderTimestampMonotonic',
  'InitRDTimestampMonotonic',
  'UserspaceTimestampMonotonic',
] as const;
export const unitProperties = [
  'Id',
  'InactiveExitTimestampMonotonic',
  'ActiveEnterTimestampMonotonic',
] as const;
export const bootUnits = ['network-online.target', 'docker.service'] as const;

type Values = ReadonlyMap<string, string>;

/**
 * Parses what `systemctl show` printed. systemd prints what it does not know as 0 or not at all. Such a part is absent, and so is
 * one that would end before it begins.
 * @param manager the properties of systemd itself
 * @param units the properties of `bootUnits`, a block for each
 * @param until the time at which the agent ran
 */
export function bootParts(manager: string, units: string, until: number): BootPart[] {
  const own = valuesOf(manager);
  // systemd gives firmware and loader as the time that was left until the kernel's start.
  const firmware = negative(milliseconds(own, 'FirmwareTimestampMonotonic'));
  const loader = negative(milliseconds(own, 'LoaderTimestampMonotonic'));
  const initrd = milliseconds(own, 'InitRDTimestampMonotonic');
  const userspace = milliseconds(own, 'UserspaceTimestampMonotonic');
  const blocks = units.split(/\n\s*\n/).map(valuesOf);
  const unit = (id: (typeof bootUnits)[number]): Values =>
    blocks.find((block) => block.get('Id') === id) ?? new Map();
  const docker = unit('docker.service');
  const network = milliseconds(unit('network-online.target'), 'ActiveEnterTimestampMonotonic');
  const inUserspace = part('boot.userspace', userspace, until);
  const within = inUserspace.length === 0 ? {} : { within: 'boot.userspace' };
  const ofUnits = [
    ...part('boot.network', userspace, network),
    ...part(
      'boot.docker',
      milliseconds(docker, 'InactiveExitTimestampMonotonic'),
      milliseconds(docker, 'ActiveEnterTimestampMonotonic'),
    ),
  ];
  return [
    part('boot.firmware', firmware, loader ?? 0),
    part('boot.loader', loader, 0),
    // In a container, systemd did not start with the kernel, so user space has no time of its own.
    part('boot.kernel', 0, initrd ?? userspace),
    part('boot.initrd', initrd, userspace),
    inUserspace,
    ofUnits.map((one) => ({ ...one, ...within })),
  ].flat();
}

function part(name: string, from: number | undefined, to: number | undefined): BootPart[] {
  return from === undefined || to === undefined || to < from ? [] : [{ name, from, to }];
}

function valuesOf(text: string): Values {
  return new Map(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()] as const];
    }),
  );
}

/** systemd counts in microseconds. */
function milliseconds(values: Values, key: string): number | undefined {
  const value = values.get(key) ?? '';
  return /^[1-9]\d{0,15}$/.test(value) ? Number(value) / 1000 : undefined;
}

function negative(value: number | undefined): number | undefined {
  return value === undefined ? undefined : -value;
}
