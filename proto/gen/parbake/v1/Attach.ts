// Original file: proto/parbake/v1/agent.proto


/**
 * Asks the agent to open an AgentService.Attach stream, within 5 s.
 */
export interface Attach {
  /**
   * Says which request the stream is for: AttachHello.attach_id.
   */
  'attachId'?: (string);
}

/**
 * Asks the agent to open an AgentService.Attach stream, within 5 s.
 */
export interface Attach__Output {
  /**
   * Says which request the stream is for: AttachHello.attach_id.
   */
  'attachId': (string);
}
