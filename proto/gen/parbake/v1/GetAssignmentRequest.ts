// Original file: proto/parbake/v1/assignment.proto


/**
 * See AssignmentService.GetAssignment.
 */
export interface GetAssignmentRequest {
  /**
   * The assignment's id.
   */
  'assignmentId'?: (string);
  /**
   * The request_id that made it. A client that lost the answer finds its assignment
   * with it.
   */
  'requestId'?: (string);
  /**
   * How the assignment is named. One of them is required.
   */
  'lookup'?: "assignmentId"|"requestId";
}

/**
 * See AssignmentService.GetAssignment.
 */
export interface GetAssignmentRequest__Output {
  /**
   * The assignment's id.
   */
  'assignmentId'?: (string);
  /**
   * The request_id that made it. A client that lost the answer finds its assignment
   * with it.
   */
  'requestId'?: (string);
  /**
   * How the assignment is named. One of them is required.
   */
  'lookup'?: "assignmentId"|"requestId";
}
