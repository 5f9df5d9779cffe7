// Original file: proto/parbake/v1/agent.proto


/**
 * Asks whether an agent lives, because another machine has checked in with its instance
 * id. An agent that does not answer within 2 s loses the id.
 */
export interface Ping {
  /**
   * Says which ping the answer is for.
   */
  'pingId'?: (string);
}

/**
 * Asks whether an agent lives, because another machine has checked in with its instance
 * id. An agent that does not answer within 2 s loses the id.
 */
export interface Ping__Output {
  /**
   * Says which ping the answer is for.
   */
  'pingId': (string);
}
