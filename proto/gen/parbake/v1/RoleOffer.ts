// Original file: proto/parbake/v1/instance.proto


/**
 * A role that an instance carries, as baked.
 */
export interface RoleOffer {
  /**
   * The role's name in the recipe.
   */
  'name'?: (string);
  /**
   * Environment variables that an assignment may set; any other is refused.
   */
  'userEnv'?: (string)[];
  /**
   * Ports published on the instance.
   */
  'ports'?: (number)[];
  /**
   * How far it is prepared right now: 0 to 1.
   */
  'preparation'?: (number | string);
  /**
   * What part of the reads recorded for it at bake has been read ahead: 0 to 1.
   * Absent when nothing is read ahead.
   */
  'replayed'?: (number | string);
  /**
   * Whether a container of it takes the files of an assignment.
   */
  'takesFiles'?: (boolean);
  '_replayed'?: "replayed";
}

/**
 * A role that an instance carries, as baked.
 */
export interface RoleOffer__Output {
  /**
   * The role's name in the recipe.
   */
  'name': (string);
  /**
   * Environment variables that an assignment may set; any other is refused.
   */
  'userEnv': (string)[];
  /**
   * Ports published on the instance.
   */
  'ports': (number)[];
  /**
   * How far it is prepared right now: 0 to 1.
   */
  'preparation': (number);
  /**
   * What part of the reads recorded for it at bake has been read ahead: 0 to 1.
   * Absent when nothing is read ahead.
   */
  'replayed'?: (number);
  /**
   * Whether a container of it takes the files of an assignment.
   */
  'takesFiles': (boolean);
  '_replayed'?: "replayed";
}
