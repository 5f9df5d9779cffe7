// Original file: proto/parbake/v1/instance.proto

/**
 * Whether the metadata service of an instance answers where containers of a role run.
 */
export const ImdsExposure = {
  /**
   * Not asked yet, or the agent runs with `--imds off`.
   */
  IMDS_EXPOSURE_UNSPECIFIED: 'IMDS_EXPOSURE_UNSPECIFIED',
  /**
   * It does not answer.
   */
  IMDS_EXPOSURE_NONE: 'IMDS_EXPOSURE_NONE',
  /**
   * It answers at 169.254.169.254.
   */
  IMDS_EXPOSURE_IPV4: 'IMDS_EXPOSURE_IPV4',
  /**
   * It answers at fd00:ec2::254.
   */
  IMDS_EXPOSURE_IPV6: 'IMDS_EXPOSURE_IPV6',
  /**
   * It answers at both.
   */
  IMDS_EXPOSURE_BOTH: 'IMDS_EXPOSURE_BOTH',
} as const;

/**
 * Whether the metadata service of an instance answers where containers of a role run.
 */
export type ImdsExposure =
  /**
   * Not asked yet, or the agent runs with `--imds off`.
   */
  | 'IMDS_EXPOSURE_UNSPECIFIED'
  | 0
  /**
   * It does not answer.
   */
  | 'IMDS_EXPOSURE_NONE'
  | 1
  /**
   * It answers at 169.254.169.254.
   */
  | 'IMDS_EXPOSURE_IPV4'
  | 2
  /**
   * It answers at fd00:ec2::254.
   */
  | 'IMDS_EXPOSURE_IPV6'
  | 3
  /**
   * It answers at both.
   */
  | 'IMDS_EXPOSURE_BOTH'
  | 4

/**
 * Whether the metadata service of an instance answers where containers of a role run.
 */
export type ImdsExposure__Output = typeof ImdsExposure[keyof typeof ImdsExposure]
