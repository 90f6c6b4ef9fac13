import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ReadMarks } from './read_marks.js';
import { Store } from './store.js';
import { MemoryStorage } from './test_world.mjs';
import { entryFromWire } from './wire.js';

const ME = { user_id: '1', username: 'ann', display_name: 'ann' };
const BEN = { user_id: '2', username: 'ben', display_name: 'ben' };

let storage;
let store;

beforeEach(() => {
  storage = new MemoryStorage();
  store = create();
});

function create() {
  return new Store({ me: ME, marks: new ReadMarks({ userId: ME.user_id, storage }) });
}

function conversation({ id = '10', last_seq = '0', unread_count = 0, my_read_seq = '0' } = {}) {
  return {
    conversation_id: id,
    kind: 'direct',
    name: '',
    peer: BEN,
    last_seq,
    last_change: '0',
    my_read_seq,
    unread_count,
    created_at: '2026-01-01T10:00:00.000Z',
  };
}

function entry(seq, { id = '10', from = BEN, at = '2026-01-01T11:00:00.000Z' } = {}) {
  return entryFromWire({
    conversation_id: id,
    seq: String(seq),
    kind: 'text',
    sender_id: from.user_id,
    text: `text ${seq}`,
    created_at: at,
  });
}

test('counts what is new from others, once', () => {
  store.replaceConversations([conversation()]);
  assert.equal(store.applyEntry(entry(1)), true);
  assert.equal(store.applyEntry(entry(1)), false);
  assert.equal(store.applyEntry(entry(2)), true);
  assert.equal(store.conversation('10').unread, 2);
});

test('does not count twice what the list has counted', () => {
  store.replaceConversations([conversation({ last_seq: '3', unread_count: 3 })]);
  store.applyEntry(entry(3));
  assert.equal(store.conversation('10').unread, 3);
});

test('counts what came live while the list was on its way', () => {
  store.replaceConversations([conversation()]);
  store.applyEntry(entry(1));
  store.applyEntry(entry(2));
  store.replaceConversations([conversation({ last_seq: '1', unread_count: 1 })]);
  assert.equal(store.conversation('10').unread, 2);
});

test('writing reads what was there', () => {
  store.replaceConversations([conversation()]);
  store.applyEntry(entry(1));
  store.applyEntry(entry(2, { from: ME }));
  assert.equal(store.conversation('10').unread, 0);
});

test('remembers what was read across a reload, whatever the server knows of it', () => {
  store.replaceConversations([conversation({ last_seq: '5', unread_count: 5 })]);
  store.markRead('10', 5n);
  assert.equal(store.conversation('10').unread, 0);
  store = create();
  store.replaceConversations([conversation({ last_seq: '7', unread_count: 7 })]);
  assert.equal(store.conversation('10').unread, 2);
});

test('lists the newest activity first', () => {
  store.replaceConversations([conversation({ id: '10' }), conversation({ id: '11' })]);
  store.applyEntry(entry(1, { id: '10', at: '2026-01-02T00:00:00.000Z' }));
  assert.equal(store.conversations()[0].conversation_id, '10');
  store.applyEntry(entry(1, { id: '11', at: '2026-01-03T00:00:00.000Z' }));
  assert.equal(store.conversations()[0].conversation_id, '11');
});

test('knows which conversations are behind after a reconnect', () => {
  store.replaceConversations([conversation({ id: '10' }), conversation({ id: '11' })]);
  store.applyEntry(entry(1, { id: '10' }));
  store.replaceConversations([
    conversation({ id: '10', last_seq: '4' }),
    conversation({ id: '11', last_seq: '9' }),
  ]);
  // Nothing of the other one is loaded, so nothing of it is missing.
  assert.deepEqual(
    store.behind().map(({ conversation_id }) => conversation_id),
    ['10'],
  );
});

test('forgets conversations that are no longer in the list', () => {
  store.replaceConversations([conversation({ id: '10' }), conversation({ id: '11' })]);
  store.replaceConversations([conversation({ id: '11' })]);
  assert.equal(store.conversation('10'), null);
});

test('shows nobody as online while it is not connected itself', () => {
  const contact = { user: BEN, state: 'contact', online: true };
  store.replaceContacts([contact]);
  store.setLive(true);
  assert.deepEqual(store.presenceOf('2').online, true);
  store.setLive(false);
  assert.equal(store.presenceOf('2').known, false);
});

test('tells listeners once for all changes of a turn', async () => {
  let told = 0;
  store.subscribe(() => ++told);
  store.replaceConversations([conversation()]);
  store.applyEntry(entry(1));
  store.applyEntry(entry(2));
  await Promise.resolve();
  assert.equal(told, 1);
});

test('keeps the members of a group by what its entries say', () => {
  store.replaceConversations([{ ...conversation(), kind: 'group', peer: null, members_count: 2 }]);
  const member = (user, role) => ({ user, role, joined_seq: '0' });
  store.replaceMembers('10', [member(ME, 'member'), member(BEN, 'owner')]);
  const told = (seq, kind, about) => store.applyEntry({ ...entry(seq), kind, ...about });
  told(1, 'role_changed', { subject_user_id: ME.user_id, role: 'owner' });
  told(2, 'renamed', { name: 'Hike' });
  told(3, 'member_removed', { subject_user_id: BEN.user_id });
  const { myRole, name, membersCount, unread } = store.conversation('10');
  assert.deepEqual(
    { myRole, name, membersCount, unread },
    {
      myRole: 'owner',
      name: 'Hike',
      membersCount: 1,
      unread: 0,
    },
  );
  assert.deepEqual(
    store.membersOf('10').map(({ user, role }) => [user.username, role]),
    [['ann', 'owner']],
  );
});

test('counts a member that comes once, however often the entry arrives', () => {
  store.replaceConversations([{ ...conversation(), kind: 'group', peer: null, members_count: 2 }]);
  const added = { ...entry(1), kind: 'member_added', subject_user_id: '3', role: 'member' };
  store.applyEntry(added);
  store.applyEntry(added);
  assert.equal(store.conversation('10').membersCount, 3);
});

test('what somebody says whom one blocks is neither unread nor news', () => {
  store.replaceConversations([conversation()]);
  store.replaceBlocks([{ user: BEN }]);
  assert.equal(store.applyEntry(entry(1)), false);
  assert.equal(store.conversation('10').unread, 0);
  store.dropBlock(BEN.user_id);
  assert.equal(store.applyEntry(entry(2)), true);
});

test('asks for an entry that is answered only while it is not there', () => {
  const asked = [];
  store.onUnknownEntry = (id, seq) => asked.push([id, seq]);
  store.replaceConversations([conversation({ last_seq: '50' })]);
  assert.equal(store.quoted('10', 7n), null);
  store.putQuoted('10', { conversation_id: '10', seq: '7', sender_id: '2', text: 'old' });
  assert.equal(store.quoted('10', 7n).text, 'old');
  assert.deepEqual(asked, [['10', 7n]]);
});

test('knows up to where everybody else has read', () => {
  store.replaceConversations([{ ...conversation(), kind: 'group', peer: null, members_count: 3 }]);
  const group = store.conversation('10');
  const CLEO = { user_id: '3', username: 'cleo' };
  const told = (user, read_seq, delivered_seq) => ({
    user,
    role: 'member',
    read_seq,
    delivered_seq,
  });
  assert.deepEqual(store.reach(group), { readSeq: 0n, deliveredSeq: 0n });
  store.replaceMembers('10', [told(ME, '9', '9'), told(BEN, '3', '5'), told(CLEO, '4', '4')]);
  assert.deepEqual(store.reach(group), { readSeq: 3n, deliveredSeq: 4n });
  store.applyReceipt({ conversation_id: '10', user_id: '2', read_seq: '6', delivered_seq: '6' });
  store.applyReceipt({ conversation_id: '10', user_id: '2', read_seq: '1', delivered_seq: '1' });
  assert.deepEqual(store.reach(group), { readSeq: 4n, deliveredSeq: 4n });
});

test('who writes has read what was there', () => {
  store.replaceConversations([conversation()]);
  store.applyEntry(entry(1, { from: ME }));
  store.applyEntry(entry(2));
  assert.equal(store.reach(store.conversation('10')).readSeq, 2n);
});

test('what was read on another device is not unread here, and what came later is', () => {
  const told = [];
  store.onRead = (id, seq) => told.push(seq);
  store.replaceConversations([conversation()]);
  for (const seq of [1, 2, 3]) store.applyEntry(entry(seq));
  store.applyReceipt({ conversation_id: '10', user_id: ME.user_id, read_seq: '2' });
  assert.equal(store.conversation('10').unread, 1);
  assert.deepEqual(told, [], 'the server knows');
  store.markRead('10', 3n);
  assert.deepEqual(told, [3n]);
});

test('what is muted or archived does not count as calling', () => {
  const one = { ...conversation({ last_seq: '1', unread_count: 1 }) };
  const later = new Date(Date.now() + 60_000).toISOString();
  store.replaceConversations([{ ...one, muted_until: later }]);
  assert.equal(store.unreadConversations, 0);
  store.replaceConversations([{ ...one, archived: true }]);
  assert.equal(store.unreadConversations, 0);
  store.replaceConversations([{ ...one, muted_until: '2020-01-01T00:00:00.000Z' }]);
  assert.equal(store.unreadConversations, 1);
});

test('changes an entry in place, each change once and in order', () => {
  store.replaceConversations([conversation()]);
  store.applyEntry(entry(1));
  const at = { conversation_id: '10', seq: '1' };
  store.applyChange({ ...at, change: '2' }, () => ({ text: 'second' }));
  store.applyChange({ ...at, change: '1' }, () => ({ text: 'first' }));
  const { timeline, last } = store.conversation('10');
  assert.equal(timeline.find(1n).text, 'second');
  assert.equal(last.text, 'second');
});

test('is behind where the server tells of changes that it does not know', () => {
  store.replaceConversations([conversation()]);
  store.applyEntry(entry(1));
  store.replaceConversations([{ ...conversation({ last_seq: '1' }), last_change: '1' }]);
  assert.equal(store.behind().length, 1);
  store.applyChange({ conversation_id: '10', seq: '1', change: '1' }, () => ({ text: 'edited' }));
  assert.equal(store.behind().length, 0);
});

test('what is deleted before it was read is not unread', () => {
  store.replaceConversations([conversation()]);
  store.applyEntry(entry(1));
  store.applyEntry(entry(2));
  store.applyChange({ conversation_id: '10', seq: '1', change: '1' }, () => ({ deleted: true }));
  assert.equal(store.conversation('10').unread, 1);
});
