/** `os/architecture[/variant]` taken apart. */
export interface Platform {
  os: string;
  architecture: string;
  /** Empty when it does not matter. */
  variant: string;
}

/** Other names of architectures, as containerd knows them (https://pkg.go.dev/github.com/containerd/platforms). */
const architectures: Readonly<Record<string, Pick<Platform, 'architecture'> & Partial<Platform>>> = {
  i386: { architecture: '386', variant: '' },
  x86_64: { architecture: 'amd64' },
  'x86-64': { architecture: 'amd64' },
  aarch64: { architecture: 'arm64' },
  armhf: { architecture: 'arm', variant: 'v7' },
  armel: { architecture: 'arm', variant: 'v6' },
};
/** The variant that an architecture has when it names none, and that is therefore left out where it may be. */
const usualVariants: Readonly<Record<string, string>> = { amd64: 'v1', arm64: 'v8' };

/** Reads `linux/amd64`, `linux/arm/v7` and other spellings, and normalises them. */
export function parsePlatform(text: string): Platform {
  const [os = '', architecture = '', variant = ''] = text.split('/');
  return normalised({ os, architecture, variant });
}

/** One spelling for each platform, as containerd has it: `x86_64` is amd64, `arm64/v8` is arm64, `arm` is arm/v7. */
export function normalised(platform: Platform): Platform {
  const os = platform.os.toLowerCase();
  const named = platform.architecture.toLowerCase();
  const { architecture, variant = platform.variant.toLowerCase() } = architectures[named] ?? {
    architecture: named,
  };
  const full = /^\d+$/.test(variant) ? `v${variant}` : variant;
  const isUsual = full !== '' && full === usualVariants[architecture];
  const plain = architecture === 'arm' && full === '' ? 'v7' : full;
  return { os: os === 'macos' ? 'darwin' : os, architecture, variant: isUsual ? '' : plain };
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return variant === '' ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}

/** Whether an image is for a platform. An image that does not say what it is for fits everywhere. */
export function fits(image: Platform, wanted: Platform): boolean {
  return preferenceOf(image, wanted) !== undefined;
}

/**
 * How well an image suits a platform: 0 is exactly this one, and a larger number an older variant that it can run, as
 * containerd orders them.
 * @returns undefined when the platform cannot run it
 */
export function preferenceOf(image: Platform, wanted: Platform): number | undefined {
  const named = image.architecture === '' ? { ...image, variant: '' } : normalised(image);
  const same = (a: string, b: string): boolean => a === '' || b === '' || a === b;
  const index = runnable(normalised(wanted)).findIndex(
    (one) =>
      same(named.os, one.os) &&
      same(named.architecture, one.architecture) &&
      (named.architecture === '' || named.variant === one.variant),
  );
  return index < 0 ? undefined : index;
}

/** What a platform can run, the best first. */
function runnable({ os, architecture, variant }: Platform): Platform[] {
  const down = (name: string, from: number, to: number): Platform[] =>
    Array.from({ length: Math.max(0, from - to + 1) }, (_, index) =>
      normalised({ os, architecture: name, variant: `v${from - index}` }),
    );
  const level = Number(/^v(\d+)$/.exec(variant)?.[1] ?? 0);
  if (architecture === 'arm' && level > 5) return down('arm', level, 5);
  if (architecture === 'amd64' && level > 1) return down('amd64', level, 1);
  if (architecture === 'arm64') {
    const plain = { os, architecture, variant: '' };
    return [...(variant === '' ? [] : [{ os, architecture, variant }]), plain, ...down('arm', 8, 5)];
  }
  return [{ os, architecture, variant }];
}
