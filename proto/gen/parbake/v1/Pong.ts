// Original file: proto/parbake/v1/agent.proto


/**
 * Answers a ping.
 */
export interface Pong {
  /**
   * Ping.ping_id.
   */
  'pingId'?: (string);
}

/**
 * Answers a ping.
 */
export interface Pong__Output {
  /**
   * Ping.ping_id.
   */
  'pingId': (string);
}
