// Original file: proto/parbake/v1/assignment.proto


export interface GetAssignmentRequest {
  'assignmentId'?: (string);
}

export interface GetAssignmentRequest__Output {
  'assignmentId': (string);
}
