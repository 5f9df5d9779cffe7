/** Something that a person should know and that stops nothing. Codes are stable. */
export interface Warning {
  code: WarningCode;
  message: string;
}

export type WarningCode =
  /** An image has the tag `latest`, or none, and no digest: every bake may give another one. */
  | 'IMAGE_UNPINNED'
  /** An image is not baked, and no role names it: no instance will pull it. */
  | 'IMAGE_NOT_PULLED'
  /** Roles are to be prepared behind the gate, and the gate is not in the image. */
  | 'GATE_MISSING'
  /** A credential helper failed, so the images of its registry were pulled without a login. */
  | 'LOGIN_HELPER_FAILED'
  /** An image is pulled at boot, and the login or the client certificate for its registry does not outlive the scrub. */
  | 'LOGIN_NOT_ON_INSTANCES'
  /** An earlier bake's manifest was sealed; it was removed, so that image has to be scrubbed again. */
  | 'SEAL_BROKEN'
  /** The Engine keeps its images outside of the root that is baked. */
  | 'DATA_ROOT_OUTSIDE'
  /** A registry did not tell what is in an image: its sizes and its bills of material are not in the manifest. */
  | 'REGISTRY_DETAILS_MISSING'
  /** An image is for another processor than this machine's: it is baked as asked, and will not start here. */
  | 'PLATFORM_FOREIGN'
  /** An interrupted pull left data on the disk that no image has and that Docker never removes. */
  | 'LAYERS_ORPHANED'
  /** An image's bytes were read, and cannot all be compared with what was pulled. */
  | 'BYTES_INCOMPARABLE'
  /** The images fit, but hardly: unpacked they take more than they do in the registry. */
  | 'DISK_TIGHT'
  /** A start was not recorded: nothing of it is read ahead on instances. */
  | 'RECORDING_MISSING'
  /** A role was recorded up to where it failed or stopped answering; what it reads later is not in it. */
  | 'RECORDING_INCOMPLETE';
