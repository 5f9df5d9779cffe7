// Original file: proto/parbake/v1/agent.proto


export interface Hello {
  'instanceId'?: (string);
  /**
   * From CheckInResponse.
   */
  'sessionId'?: (string);
}

export interface Hello__Output {
  'instanceId': (string);
  /**
   * From CheckInResponse.
   */
  'sessionId': (string);
}
