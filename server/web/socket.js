// One lasting connection made of many WebSockets: ticket, welcome, heartbeats, back-off, again.
// Says what phase it is in and hands over frames; what they mean is for client.js.

import { fullJitterMs, toldToWaitMs } from './backoff.js';
import { after } from './timers.js';

const SUBPROTOCOL = 'chat.v1.json';
const WELCOME_DEADLINE_MS = 10_000;
const STABLE_AFTER_MS = 60_000;

const CLOSE_POLICY = 1008;
const CLOSE_SESSION_EXPIRED = 4001;
const CLOSE_SESSION_REVOKED = 4002;
// What we close with; browsers allow clients 1000 and 3000 to 4999 only.
const CLOSE_BY_US = 1000;

// What the connection needs of the world; tests bring their own.
export const browserWorld = {
  openSocket: (ticket) => {
    const url = new URL('/v1/ws', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.searchParams.set('otp', ticket);
    return new WebSocket(url, SUBPROTOCOL);
  },
  now: () => performance.now(),
  random: Math.random,
  after,
  every: (ms, work) => {
    const worker = new Worker('/heartbeat_worker.js');
    worker.onmessage = work;
    worker.postMessage(ms);
    return () => worker.terminate();
  },
};

// Phases: `idle`, `connecting`, `live` (welcomed), `waiting` (for the next attempt), `refused` (the
// server asked us to stop; only the user starts again).
export class Connection {
  #takeTicket;
  #world;
  #socket = null;
  #phase = 'idle';
  #attempt = 0;
  #liveSince = null;
  #lastFrameAt = 0;
  #comeBackAt = null;
  #pending = new Set();

  // Calls `onPhase(phase)`, `onWelcome(welcome)`, `onFrame(body, content, ref)` and
  // `onSessionEnded()`.
  constructor({ takeTicket, world = browserWorld }) {
    this.#takeTicket = takeTicket;
    this.#world = world;
    this.onPhase = () => {};
    this.onWelcome = () => {};
    this.onFrame = () => {};
    this.onSessionEnded = () => {};
  }

  get phase() {
    return this.#phase;
  }

  start() {
    if (this.#phase === 'idle' || this.#phase === 'refused') this.#connect();
  }

  stop() {
    this.#drop();
    this.#attempt = 0;
    this.#enter('idle');
  }

  // The user or the network says that now is a good moment.
  tryNow() {
    if (this.#phase !== 'waiting' && this.#phase !== 'refused') return;
    this.#drop();
    this.#connect();
  }

  // What was agreed on does not happen (no answer, lists cannot be read): begin again.
  reconnect() {
    if (this.#phase === 'idle') return;
    this.#retry();
  }

  // False: not live, the frame went nowhere.
  send(frame) {
    if (this.#phase !== 'live') return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  async #connect() {
    this.#enter('connecting');
    const abandoned = this.#scope();
    let ticket;
    try {
      ticket = await this.#takeTicket();
    } catch (error) {
      if (!abandoned()) this.#ticketRefused(error);
      return;
    }
    if (!abandoned()) this.#open(ticket);
  }

  // A promise cannot be cancelled: this tells its continuation that the world has moved on.
  #scope() {
    let dropped = false;
    this.#pending.add(() => (dropped = true));
    return () => dropped;
  }

  #ticketRefused(error) {
    if (error.status !== 401) return this.#retry(error.retryAfterMs);
    this.stop();
    this.onSessionEnded();
  }

  #open(ticket) {
    const socket = this.#world.openSocket(ticket);
    this.#socket = socket;
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => this.#closed(event.code);
    this.#pending.add(
      this.#world.after(WELCOME_DEADLINE_MS, () => {
        if (this.#phase === 'connecting') this.#retry();
      }),
    );
  }

  #receive(text) {
    this.#lastFrameAt = this.#world.now();
    const frame = JSON.parse(text);
    for (const [body, content] of Object.entries(frame)) {
      if (body === 'ref') continue;
      if (body === 'welcome') this.#welcomed(content);
      else if (body === 'go_away') this.#leaveLater(content.reconnect_after_ms);
      else this.onFrame(body, content, frame.ref);
    }
  }

  #welcomed(welcome) {
    this.#liveSince = this.#world.now();
    const { heartbeat_interval_ms: interval, heartbeat_timeout_ms: timeout } = welcome;
    this.#pending.add(this.#world.every(interval, () => this.#beat(timeout)));
    this.#enter('live');
    this.onWelcome(welcome);
  }

  #beat(timeoutMs) {
    if (this.#world.now() - this.#lastFrameAt > timeoutMs) this.#retry();
    else this.send({ heartbeat: {} });
  }

  // The server drains. It still serves; each client leaves in its own moment.
  #leaveLater(waitMs) {
    this.#comeBackAt = this.#world.now() + waitMs;
    this.#pending.add(this.#world.after(waitMs, () => this.#retry(0)));
  }

  #closed(code) {
    if (code === CLOSE_SESSION_EXPIRED || code === CLOSE_SESSION_REVOKED) {
      this.stop();
      this.onSessionEnded();
    } else if (code === CLOSE_POLICY) {
      this.#drop();
      this.#enter('refused');
    } else {
      const left = this.#comeBackAt === null ? null : this.#comeBackAt - this.#world.now();
      this.#retry(left === null ? null : Math.max(0, left));
    }
  }

  #retry(toldMs = null) {
    const { now, random } = this.#world;
    const stable = this.#liveSince !== null && now() - this.#liveSince >= STABLE_AFTER_MS;
    if (stable) this.#attempt = 0;
    this.#drop();
    const wait =
      toldMs === null ? fullJitterMs(this.#attempt, random) : toldToWaitMs(toldMs, random);
    ++this.#attempt;
    this.#enter('waiting');
    this.#pending.add(
      this.#world.after(wait, () => {
        this.#drop();
        this.#connect();
      }),
    );
  }

  // Forgets the socket and every timer and continuation that belonged to it.
  #drop() {
    for (const cancel of this.#pending) cancel();
    this.#pending.clear();
    this.#liveSince = null;
    this.#comeBackAt = null;
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    socket.close(CLOSE_BY_US);
  }

  #enter(phase) {
    this.#phase = phase;
    this.onPhase(phase);
  }
}
