/** Resolves when there is room again, or the signal aborts. */
export function drained(stream: NodeJS.WritableStream, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      stream.off('drain', go);
      signal.removeEventListener('abort', go);
      resolve();
    };
    stream.once('drain', go);
    signal.addEventListener('abort', go, { once: true });
  });
}
