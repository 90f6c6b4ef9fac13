import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowItems } from './message_rows.js';

const PEOPLE = {
  1: { user_id: '1', username: 'ann' },
  2: { user_id: '2', username: 'ben' },
};
const STORE = {
  me: PEOPLE[1],
  person: (userId) => PEOPLE[userId] ?? null,
  isBlocked: (userId) => userId === '4',
};

function entry(seq, { from = '2', at, ...rest }) {
  return { seq: BigInt(seq), kind: 'text', sender_id: from, created_at: at, text: 'x', ...rest };
}

function kinds(items) {
  return items.map(({ kind }) => kind);
}

test('separates days', () => {
  const entries = [
    entry(1, { at: '2026-03-01T12:00:00.000' }),
    entry(2, { at: '2026-03-01T13:00:00.000' }),
    entry(3, { at: '2026-03-02T12:00:00.000' }),
  ];
  const items = rowItems({ entries, waiting: [], store: STORE });
  assert.deepEqual(kinds(items), ['day', 'message', 'message', 'day', 'message']);
});

test('joins what one person says in a row into a block', () => {
  const entries = [
    entry(1, { at: '2026-03-01T12:00:00.000' }),
    entry(2, { at: '2026-03-01T12:01:00.000' }),
    entry(3, { at: '2026-03-01T12:01:30.000', from: '1' }),
    entry(4, { at: '2026-03-01T12:20:00.000', from: '1' }),
  ];
  const messages = rowItems({ entries, waiting: [], store: STORE }).slice(1);
  assert.deepEqual(
    messages.map(({ follows }) => follows),
    [false, true, false, false],
  );
});

test('keeps the row of a message from writing it to its ack', () => {
  const waiting = [{ client_msg_id: 'a', text: 'x', written_at: 0, failure: null }];
  const acked = entry(1, { from: '1', at: '1970-01-01T00:00:00.000Z', client_msg_id: 'a' });
  const before = rowItems({ entries: [], waiting, store: STORE }).at(-1);
  const after = rowItems({ entries: [acked], waiting: [], store: STORE }).at(-1);
  assert.equal(before.key, after.key);
  assert.deepEqual([before.state, after.state], ['pending', 'sent']);
});

test('skips kinds that it does not know', () => {
  const entries = [entry(1, { kind: 'hologram', at: '2026-03-01T12:00:00.000Z' })];
  assert.deepEqual(rowItems({ entries, waiting: [], store: STORE }), []);
});

test('names who speaks in a group, once for each block, and never oneself', () => {
  const entries = [
    entry(1, { at: '2026-03-01T12:00:00.000' }),
    entry(2, { at: '2026-03-01T12:01:00.000' }),
    entry(3, { at: '2026-03-01T12:02:00.000', from: '1' }),
    entry(4, { at: '2026-03-01T12:03:00.000', from: '9' }),
  ];
  const messages = rowItems({ entries, waiting: [], store: STORE, group: true }).slice(1);
  assert.deepEqual(
    messages.map(({ speaker }) => speaker?.display_name),
    ['ben', undefined, undefined, 'Someone'],
  );
});

test('tells in words what happened to a group, and begins a new block after it', () => {
  const at = '2026-03-01T12:00:00.000';
  const about = { subject_user_id: '1', text: '', at };
  const entries = [
    entry(1, { kind: 'created', name: 'Hike', text: '', at }),
    entry(2, { kind: 'member_added', ...about, role: 'member' }),
    entry(3, { at }),
    entry(4, { kind: 'role_changed', ...about, role: 'admin' }),
    entry(5, { kind: 'member_removed', from: '1', ...about }),
    entry(6, { kind: 'member_removed', ...about }),
    entry(7, { at }),
  ];
  const items = rowItems({ entries, waiting: [], store: STORE });
  assert.deepEqual(
    items.filter(({ kind }) => kind === 'note').map(({ text }) => text),
    [
      'ben created the group “Hike”',
      'ben added you',
      'ben made you an admin',
      'You left',
      'ben removed you',
    ],
  );
  assert.equal(items.at(-1).follows, false);
});

test('quotes what a message answers, as far as it is known', () => {
  const at = '2026-03-01T12:00:00.000';
  const first = entry(1, { at, text: 'a question' });
  const quoted = (seq) => (seq === 1n ? first : null);
  const entries = [entry(5, { at, reply_to_seq: 1n }), entry(6, { at, reply_to_seq: 2n })];
  const [, known, unknown] = rowItems({ entries, waiting: [], store: STORE, quoted });
  assert.deepEqual(known.quote, { seq: 1n, name: 'ben', text: 'a question' });
  assert.equal(unknown.quote.text, 'Message');
});

test('marks where what is new from others begins, once', () => {
  const at = '2026-03-01T12:00:00.000';
  const entries = [
    entry(1, { at }),
    entry(2, { at, from: '1' }),
    entry(3, { at }),
    entry(4, { at }),
  ];
  const items = rowItems({ entries, waiting: [], store: STORE, readSeq: 1n });
  assert.deepEqual(kinds(items), ['day', 'message', 'message', 'new', 'message', 'message']);
});

test('hides what somebody says whom one blocks', () => {
  const entries = [entry(1, { from: '4', at: '2026-03-01T12:00:00.000', text: 'insult' })];
  const [, message] = rowItems({ entries, waiting: [], store: STORE, group: true });
  assert.doesNotMatch(message.text, /insult/);
});
