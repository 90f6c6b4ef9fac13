// The loaded part of one conversation: a dense window of entries, `floor` to `head`, plus entries
// that came early. Entries are applied by seq, so that whatever arrives twice, or late, shows once
// and in its place. Pure; positions are BigInt.

// Kept of a conversation that nobody looks at.
const KEPT_WHEN_CLOSED = 200n;
// Further behind than this, the newest page is cheaper than everything between.
const CATCH_UP_MAX = 1000n;

export class Timeline {
  #entries = new Map();
  #floor = null;
  #head = null;

  // The highest seq up to which nothing is missing; null until anchored.
  get head() {
    return this.#head;
  }

  // The lowest loaded seq; above `head` while nothing is loaded.
  get floor() {
    return this.#floor;
  }

  get reachesStart() {
    return this.#floor !== null && this.#floor <= 1n;
  }

  get isEmpty() {
    return this.#head === null || this.#floor > this.#head;
  }

  // Something was seen above the head while what lies between was not.
  get hasHole() {
    if (this.#head === null) return false;
    for (const seq of this.#entries.keys()) if (seq > this.#head) return true;
    return false;
  }

  // All that can be shown, by seq.
  entries() {
    return [...this.#entries.values()].sort(bySeq);
  }

  find(seq) {
    return this.#entries.get(seq);
  }

  // The server told that the conversation stands at `seq`; live entries go on from there. A window
  // that shows nothing, or is too far behind to catch up, is not worth its missing entries.
  anchor(seq) {
    const worthless = this.#head === null || this.isEmpty || seq - this.#head > CATCH_UP_MAX;
    if (worthless && (this.#head === null || seq > this.#head)) this.#restart(seq);
  }

  isBehind(lastSeq) {
    return this.#head !== null && this.#head < lastSeq;
  }

  // Returns false for what was there already, or lies below the window and comes with its page.
  add(entry) {
    if (this.#floor !== null && entry.seq < this.#floor) return false;
    const known = this.#entries.get(entry.seq);
    if (known && known.change >= entry.change) return false;
    this.#entries.set(entry.seq, entry);
    this.#advance();
    return !known;
  }

  // A page of history: entries without holes, ascending.
  addPage(page) {
    if (page.length === 0) return;
    const first = page[0].seq;
    const last = page[page.length - 1].seq;
    const apart = this.#head === null || first > this.#head + 1n || last < this.#floor - 1n;
    if (apart) this.#restart(first - 1n);
    for (const entry of page) {
      const known = this.#entries.get(entry.seq);
      if (!known || known.change < entry.change) this.#entries.set(entry.seq, entry);
    }
    if (first < this.#floor) this.#floor = first;
    if (last > this.#head) this.#head = last;
    this.#advance();
  }

  // Bounds what a conversation costs that is not on screen.
  trim() {
    if (this.#head === null || this.#head - this.#floor < KEPT_WHEN_CLOSED) return;
    this.#floor = this.#head - KEPT_WHEN_CLOSED + 1n;
    this.#forgetBelowFloor();
  }

  #restart(head) {
    this.#head = head;
    this.#floor = head + 1n;
    this.#forgetBelowFloor();
    this.#advance();
  }

  #forgetBelowFloor() {
    for (const seq of this.#entries.keys()) if (seq < this.#floor) this.#entries.delete(seq);
  }

  #advance() {
    if (this.#head === null) return;
    while (this.#entries.has(this.#head + 1n)) ++this.#head;
  }
}

function bySeq(a, b) {
  return a.seq < b.seq ? -1 : a.seq > b.seq ? 1 : 0;
}
