// Waiting for conditions, with a deadline. Nothing in these tests waits for time to pass.

const DEADLINE_MS = 30_000;
const POLL_MS = 50;

// Resolves to the first truthy result of `condition`, which may be async. `what` is for the message
// when the deadline passes first.
export async function until(what, condition, deadlineMs = DEADLINE_MS) {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (Date.now() > deadline) throw new Error(`Not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
