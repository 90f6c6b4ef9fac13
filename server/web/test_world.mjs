// What the unit tests of the web client use in place of a browser: storage in memory, and a world
// for Connection in which time moves only when the test says so.

import { webcrypto } from 'node:crypto';

// Node 18 has it under another name.
globalThis.crypto ??= webcrypto;

export class MemoryStorage {
  #items = new Map();

  get length() {
    return this.#items.size;
  }

  key(index) {
    return [...this.#items.keys()][index] ?? null;
  }

  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  setItem(key, value) {
    this.#items.set(key, String(value));
  }

  removeItem(key) {
    this.#items.delete(key);
  }
}

export class World {
  sockets = [];
  #nowMs = 0;
  #timers = new Set();
  // 1 means: as late as the jitter allows.
  randomness = 1;

  now = () => this.#nowMs;
  random = () => this.randomness;

  openSocket = (ticket) => {
    const socket = new FakeSocket(ticket);
    this.sockets.push(socket);
    return socket;
  };

  get socket() {
    return this.sockets.at(-1);
  }

  after = (ms, work) => this.#add({ at: this.#nowMs + ms, every: null, work });
  every = (ms, work) => this.#add({ at: this.#nowMs + ms, every: ms, work });

  // Lets `ms` pass, and everything that falls due in it, in order.
  async pass(ms) {
    const end = this.#nowMs + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#nowMs = due.at;
      if (due.every === null) this.#timers.delete(due);
      else due.at += due.every;
      due.work();
      await settled();
    }
    this.#nowMs = end;
  }

  #add(timer) {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
}

class FakeSocket {
  sent = [];
  closedWith = null;

  constructor(ticket) {
    this.ticket = ticket;
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close(code) {
    this.closedWith = code;
  }

  // ---- the server's side

  says(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }

  ends(code) {
    this.onclose({ code });
  }
}

// Resolves after all promises that were about to continue have done so.
export function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}
