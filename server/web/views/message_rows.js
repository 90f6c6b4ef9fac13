// What the message list of a conversation consists of: day separators, messages, what happened to
// the group, and what is still on its way, as rows with keys. One row: `rowItems` decides,
// `createMessageRow` draws.

import { el, icon, setText } from '../dom.js';
import { dayKey, dayLabel, exactTime, timeOfDay } from '../time.js';
import { createReactions, createTools } from './message_tools.js';
import { createAvatar, toneOf } from './people.js';
import { called, entryInWords, textInWords } from './words.js';

// Messages of one person this close together stand as one block.
const BLOCK_MS = 5 * 60_000;
// Of what is answered, one line is shown.
export const QUOTE_MAX = 200;
const NONE = [];

// Items `{key, kind: "day" | "new" | "note" | "message", …}`, top to bottom. `store` knows people;
// in a `group` it matters who speaks; `quoted(seq)` is the entry that another one answers, if it is
// there; what others wrote after `readSeq` is new; up to `reach` it was read by, and delivered to,
// everybody else.
export function rowItems({
  entries,
  waiting,
  store,
  group = false,
  quoted = () => null,
  readSeq = null,
  reach = { readSeq: 0n, deliveredSeq: 0n },
}) {
  const items = [];
  let newBegun = readSeq === null;
  let day = null;
  let previous = null;
  for (const item of [
    ...entries.map((entry) => sent(entry, store, quoted)),
    ...waiting.map((unacked) => unsent(unacked, store, quoted)),
  ]) {
    if (item === null) continue;
    const itemDay = dayKey(item.at);
    if (itemDay !== day) {
      items.push({ kind: 'day', key: `day ${itemDay}`, at: item.at });
      previous = null;
    }
    day = itemDay;
    if (!newBegun && item.kind === 'message' && !item.own && item.seq > readSeq) {
      items.push({ kind: 'new', key: 'new' });
      newBegun = true;
      previous = null;
    }
    const follows =
      previous !== null && previous.from === item.from && item.at - previous.at < BLOCK_MS;
    const speaker = group && item.kind === 'message' && !item.own && !follows;
    const state = item.state === 'sent' ? reachedBy(item.seq, reach) : item.state;
    const row = { ...item, state, follows, group };
    items.push({ ...row, speaker: speaker ? speakerOf(item.from, store) : null });
    previous = item.kind === 'message' ? item : null;
  }
  return items;
}

function reachedBy(seq, { readSeq, deliveredSeq }) {
  if (seq <= readSeq) return 'read';
  return seq <= deliveredSeq ? 'delivered' : 'sent';
}

function speakerOf(userId, store) {
  return { user_id: userId, display_name: called(store, userId) };
}

// Kinds that are not for reading, or not known, have no row.
function sent(entry, store, quoted) {
  if (entry.kind === 'text') return sentText(entry, store, quoted);
  const text = entryInWords(entry, store);
  if (text === null) return null;
  return { kind: 'note', key: `seq ${entry.seq}`, at: new Date(entry.created_at), text };
}

// A message keeps its key from the moment it is written, so that its row stays when the ack comes.
function sentText(entry, store, quoted) {
  const own = entry.sender_id === store.me.user_id;
  return {
    kind: 'message',
    key: own && entry.client_msg_id ? `own ${entry.client_msg_id}` : `seq ${entry.seq}`,
    seq: entry.seq,
    from: entry.sender_id,
    own,
    at: new Date(entry.created_at),
    text: textInWords(entry, store),
    deleted: Boolean(entry.deleted) || store.isBlocked(entry.sender_id),
    edited: Boolean(entry.edited_at) && !entry.deleted,
    reactions: entry.reactions ?? NONE,
    quote: quoteOf(entry.reply_to_seq, store, quoted),
    state: 'sent',
    failure: null,
    clientMsgId: null,
  };
}

function unsent(item, store, quoted) {
  const repliedTo = item.reply_to_seq ? BigInt(item.reply_to_seq) : null;
  return {
    kind: 'message',
    key: `own ${item.client_msg_id}`,
    seq: null,
    from: store.me.user_id,
    own: true,
    at: new Date(item.written_at),
    text: item.text,
    deleted: false,
    edited: false,
    reactions: NONE,
    quote: quoteOf(repliedTo, store, quoted),
    state: item.failure === null ? 'pending' : 'failed',
    failure: item.failure,
    clientMsgId: item.client_msg_id,
  };
}

// Null where nothing is answered.
function quoteOf(seq, store, quoted) {
  if (!seq) return null;
  const entry = quoted(seq);
  if (entry === null) return { seq, name: '', text: 'Message' };
  const text = textInWords(entry, store).slice(0, QUOTE_MAX);
  return { seq, name: called(store, entry.sender_id), text };
}

export function createDayRow() {
  const label = el('span');
  const node = el('li', { class: 'day', testid: 'day' }, label);
  return { node, update: ({ at }) => setText(label, dayLabel(at)) };
}

// Where those begin that one has not read.
export function createNewRow() {
  const node = el(
    'li',
    { class: 'new', testid: 'new-messages' },
    el('span', { text: 'New messages' }),
  );
  return { node, update() {} };
}

// What happened to the group, between the messages.
export function createNoteRow() {
  const text = el('span', { dir: 'auto' });
  const node = el('li', { class: 'note', testid: 'note' }, text);
  return { node, update: (item) => setText(text, item.text) };
}

const STATES = {
  pending: { icon: 'clock', label: 'Not sent yet' },
  sent: { icon: 'check', label: 'Sent' },
  delivered: { icon: 'checks', label: 'Delivered' },
  read: { icon: 'checks', label: 'Read' },
  failed: { icon: 'alert', label: 'Not sent' },
};

// `onRetry` and `onDiscard` get the client_msg_id of a message that was refused, `onJump` the seq
// of what was answered; the other actions are those of message_tools.js.
export function createMessageRow(actions) {
  const { onRetry, onDiscard, onJump } = actions;
  // The text is a text node, whatever stands in it.
  const text = el('p', { class: 'text', testid: 'text', dir: 'auto' });
  const time = el('time');
  const mark = el('span', { class: 'mark', role: 'img' });
  const meta = el('span', { class: 'meta' }, time, mark);
  const avatar = createAvatar();
  const speaker = el('span', { class: 'speaker', testid: 'speaker', dir: 'auto' });
  const quote = createQuote(onJump);
  const tools = createTools({ current: () => shown, actions });
  const reactions = createReactions({
    onToggle: (emoji, on) => actions.onReact(shown, emoji, on),
  });
  const bubble = el('div', { class: 'bubble' }, speaker, quote.node, text, meta, tools.node);
  const reason = el('span', { testid: 'failure' });
  const action = (label, testid, act) =>
    el('button', {
      type: 'button',
      class: 'link',
      testid,
      text: label,
      on: { click: () => act(shown.clientMsgId) },
    });
  const retry = action('Try again', 'retry', onRetry);
  const discard = action('Discard', 'discard', onDiscard);
  const failure = el('div', { class: 'failure' }, reason, retry, discard);
  const node = el(
    'li',
    { class: 'message', testid: 'message', tabindex: -1 },
    avatar.node,
    bubble,
    reactions.node,
    failure,
  );
  let shown = { state: null };
  return { node, update };

  function update(item) {
    if (looksAlike(shown, item)) return;
    if (shown.state !== item.state) {
      mark.replaceChildren(icon(STATES[item.state].icon));
      mark.setAttribute('aria-label', STATES[item.state].label);
    }
    shown = item;
    node.className = classesOf(item);
    avatar.node.hidden = speaker.hidden = item.speaker === null;
    if (item.speaker !== null) {
      avatar.update(item.speaker);
      setText(speaker, item.speaker.display_name);
      speaker.className = `speaker tone-${toneOf(item.speaker.user_id)}`;
    }
    node.dataset.state = item.state;
    if (item.seq !== null) node.dataset.seq = item.seq;
    quote.update(item.quote);
    tools.node.hidden = item.seq === null || item.deleted;
    reactions.update(item.reactions);
    bubble.classList.toggle('deleted', item.deleted);
    setText(text, item.text);
    setText(time, (item.edited ? 'edited ' : '') + timeOfDay(item.at));
    time.dateTime = item.at.toISOString();
    time.title = exactTime(item.at);
    mark.hidden = !item.own;
    failure.hidden = item.failure === null;
    setText(reason, item.failure === null ? '' : `Not sent: ${item.failure}`);
  }
}

function createQuote(onJump) {
  const name = el('span', { class: 'quote-name', dir: 'auto' });
  const text = el('span', { class: 'quote-text', testid: 'quote-text', dir: 'auto' });
  let seq;
  const node = el(
    'button',
    { type: 'button', class: 'quote', testid: 'quote', on: { click: () => onJump(seq) } },
    name,
    text,
  );
  return {
    node,
    update(quote) {
      node.hidden = quote === null;
      if (quote === null) return;
      seq = quote.seq;
      setText(name, quote.name);
      setText(text, quote.text);
      node.setAttribute('aria-label', `Answers ${quote.name}: ${quote.text}. Go there`);
    },
  };
}

function classesOf({ own, follows, group }) {
  return `message ${own ? 'own' : 'other'}${follows ? ' follows' : ''}${group ? ' in-group' : ''}`;
}

// Most rows of a redraw; formatting their times again would make long histories slow.
function looksAlike(a, b) {
  const alike = (field) => a[field] === b[field];
  const fields = [
    'state',
    'seq',
    'text',
    'reactions',
    'follows',
    'deleted',
    'edited',
    'failure',
    'clientMsgId',
  ];
  const sameSpeaker = a.speaker?.display_name === b.speaker?.display_name;
  const sameQuote = a.quote?.name === b.quote?.name && a.quote?.text === b.quote?.text;
  const sameTime = a.at?.getTime() === b.at.getTime();
  return sameTime && sameSpeaker && sameQuote && fields.every(alike);
}
