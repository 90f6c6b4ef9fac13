import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timeline } from './timeline.js';

function entry(seq, { change = 0n, text = `text ${seq}` } = {}) {
  return { seq: BigInt(seq), change, text };
}

function page(first, last) {
  return Array.from({ length: last - first + 1 }, (_, i) => entry(first + i));
}

function seqs(timeline) {
  return timeline.entries().map(({ seq }) => Number(seq));
}

function anchoredAt(seq) {
  const timeline = new Timeline();
  timeline.anchor(BigInt(seq));
  return timeline;
}

test('applies an entry once, however often it arrives', () => {
  const timeline = anchoredAt(0);
  assert.equal(timeline.add(entry(1)), true);
  assert.equal(timeline.add(entry(1)), false);
  timeline.addPage(page(1, 1));
  assert.deepEqual(seqs(timeline), [1]);
});

test('shows what came early in its place, and reports the hole until it is filled', () => {
  const timeline = anchoredAt(4);
  timeline.add(entry(7));
  timeline.add(entry(5));
  assert.equal(timeline.hasHole, true);
  assert.equal(timeline.head, 5n);
  assert.deepEqual(seqs(timeline), [5, 7]);
  timeline.add(entry(6));
  assert.equal(timeline.hasHole, false);
  assert.equal(timeline.head, 7n);
});

test('compares positions as numbers, not as strings', () => {
  const timeline = anchoredAt(8);
  for (const seq of [9, 10, 11]) timeline.add(entry(seq));
  assert.deepEqual(seqs(timeline), [9, 10, 11]);
  assert.equal(timeline.isBehind(100n), true);
  assert.equal(timeline.isBehind(9n), false);
});

test('grows downwards by pages until it reaches the start', () => {
  const timeline = anchoredAt(120);
  assert.equal(timeline.isEmpty, true);
  timeline.addPage(page(71, 120));
  timeline.addPage(page(21, 70));
  assert.equal(timeline.reachesStart, false);
  timeline.addPage(page(1, 20));
  assert.equal(timeline.reachesStart, true);
  assert.deepEqual(
    seqs(timeline),
    page(1, 120).map(({ seq }) => Number(seq)),
  );
});

test('keeps live entries that arrived while the newest page was read', () => {
  const timeline = anchoredAt(10);
  timeline.add(entry(11));
  timeline.addPage(page(6, 10));
  assert.deepEqual(seqs(timeline), [6, 7, 8, 9, 10, 11]);
  assert.equal(timeline.head, 11n);
});

test('replaces an entry by a later change of it only', () => {
  const timeline = anchoredAt(0);
  timeline.add(entry(1, { change: 2n, text: 'edited' }));
  timeline.add(entry(1, { change: 1n, text: 'late' }));
  timeline.addPage([entry(1)]);
  assert.equal(timeline.entries()[0].text, 'edited');
  timeline.add(entry(1, { change: 3n, text: 'edited again' }));
  assert.equal(timeline.entries()[0].text, 'edited again');
});

test('catches up from its head while that is near, and starts anew when it is far', () => {
  const timeline = anchoredAt(0);
  timeline.add(entry(1));
  timeline.anchor(500n);
  assert.equal(timeline.head, 1n);
  timeline.anchor(5000n);
  assert.equal(timeline.head, 5000n);
  assert.equal(timeline.isEmpty, true);
});

test('joins a page only to a window that it touches', () => {
  const timeline = anchoredAt(5);
  timeline.addPage(page(4, 5));
  timeline.addPage(page(50, 60));
  assert.deepEqual(
    seqs(timeline),
    page(50, 60).map(({ seq }) => Number(seq)),
  );
});

test('keeps the newest entries of a conversation that nobody looks at', () => {
  const timeline = anchoredAt(0);
  for (const { seq } of page(1, 300)) timeline.add(entry(Number(seq)));
  timeline.trim();
  assert.equal(timeline.entries().length, 200);
  assert.equal(timeline.floor, 101n);
  assert.equal(timeline.head, 300n);
});
