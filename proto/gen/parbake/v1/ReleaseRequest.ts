// Original file: proto/parbake/v1/assignment.proto


/**
 * See AssignmentService.Release.
 */
export interface ReleaseRequest {
  /**
   * The assignment's id.
   */
  'assignmentId'?: (string);
}

/**
 * See AssignmentService.Release.
 */
export interface ReleaseRequest__Output {
  /**
   * The assignment's id.
   */
  'assignmentId': (string);
}
