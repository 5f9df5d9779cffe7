// Original file: proto/parbake/v1/assignment.proto


export interface ReleaseRequest {
  /**
   * Required.
   */
  'assignmentId'?: (string);
}

export interface ReleaseRequest__Output {
  /**
   * Required.
   */
  'assignmentId': (string);
}
