// How long to wait before the next attempt to connect: full jitter, so that a thousand clients that
// lost the same server do not come back in the same moment.

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

// `attempt` counts failures since the connection last was stable, from 0.
export function fullJitterMs(attempt, random = Math.random) {
  return random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
}

// The server named a time. Never earlier; the jitter is for all the others who were told the same.
export function toldToWaitMs(waitMs, random = Math.random) {
  return waitMs + random() * FIRST_MS;
}
