/** Why something is as it is, as the API says it: a stable code, and a sentence for people. */
export interface Reason {
  /** A code of the catalogue; empty without a reason, or when the sentence names none. */
  reason: string;
  message: string;
}

/** @param text as `ParbakeError.toReason` writes it, or any other sentence */
export function reasonFrom(text: string): Reason {
  const [, reason, message] = /^([A-Z][A-Z0-9_]*): (.*)$/s.exec(text) ?? [];
  return reason === undefined || message === undefined ? { reason: '', message: text } : { reason, message };
}

/** As one line. */
export function reasonText({ reason, message }: Reason): string {
  return reason === '' ? message : `${reason}: ${message}`;
}
