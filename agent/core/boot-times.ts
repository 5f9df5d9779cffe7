/** One part of the boot. Milliseconds on the kernel's monotonic clock: 0 is its start, firmware is before. */
export interface BootPart {
  name: string;
  from: number;
  to: number;
  /** The part that it belongs to; absent for one of the boot itself. */
  within?: string;
}

/** What systemd is asked for: of itself, and of the units that a container waits for. */
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
 * Reads what `systemctl show` printed. What systemd does not know it prints as 0 or not at all; such a part is absent,
 * and so is one that would end before it begins.
 * @param manager of itself
 * @param units of `bootUnits`, a block for each
 * @param until when the boot had come so far that the agent ran
 */
export function bootParts(manager: string, units: string, until: number): BootPart[] {
  const own = valuesOf(manager);
  // Firmware and loader are said as the time left until the kernel's start.
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
    // In a container, whose systemd did not start with the kernel, there is no user space's time either.
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

/** systemd says microseconds. */
function milliseconds(values: Values, key: string): number | undefined {
  const value = values.get(key) ?? '';
  return /^[1-9]\d{0,15}$/.test(value) ? Number(value) / 1000 : undefined;
}

function negative(value: number | undefined): number | undefined {
  return value === undefined ? undefined : -value;
}
