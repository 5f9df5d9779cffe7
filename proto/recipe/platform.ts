/** `os/architecture[/variant]` taken apart. */
export interface Platform {
  os: string;
  architecture: string;
  /** Empty when it does not matter. */
  variant: string;
}

export function parsePlatform(text: string): Platform {
  const [os = '', architecture = '', variant = ''] = text.split('/');
  return { os, architecture, variant };
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return variant === '' ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}

/** Whether an image is for a platform. An image that does not say what it is for fits everywhere. */
export function fits(image: Platform, wanted: Platform): boolean {
  const same = (a: string, b: string): boolean => a === '' || b === '' || a === b;
  return (
    same(image.os, wanted.os) &&
    same(image.architecture, wanted.architecture) &&
    same(image.variant, wanted.variant)
  );
}
