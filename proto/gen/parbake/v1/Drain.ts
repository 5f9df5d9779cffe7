// Original file: proto/parbake/v1/agent.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface Drain {
  'reconnectAfter'?: (_google_protobuf_Duration | null);
}

export interface Drain__Output {
  'reconnectAfter': (_google_protobuf_Duration__Output | null);
}
