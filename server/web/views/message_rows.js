// What the message list of a conversation consists of: day separators, entries, and what is still
// on its way, as rows with keys. One row: `rowItems` decides, `createMessageRow` draws.

import { el, icon, setText } from '../dom.js';
import { dayKey, dayLabel, exactTime, timeOfDay } from '../time.js';

// Messages of one person this close together stand as one block.
const BLOCK_MS = 5 * 60_000;

// Items `{key, kind: "day" | "note" | "message", …}`, top to bottom.
export function rowItems({ entries, waiting, me }) {
  const items = [];
  let day = null;
  let previous = null;
  for (const message of [
    ...entries.map((entry) => sent(entry, me)),
    ...waiting.map((item) => unsent(item, me)),
  ]) {
    if (message === null) continue;
    const messageDay = dayKey(message.at);
    if (messageDay !== day) {
      items.push({ kind: 'day', key: `day ${messageDay}`, at: message.at });
      previous = null;
    }
    day = messageDay;
    const follows = previous?.from === message.from && message.at - previous.at < BLOCK_MS;
    items.push({ ...message, kind: 'message', follows });
    previous = message;
  }
  return items;
}

// A message keeps its key from the moment it is written, so that its row stays when the ack comes.
// Kinds that are not for reading, or not known, have no row.
function sent(entry, me) {
  if (entry.kind !== 'text') return null;
  const own = entry.sender_id === me.user_id;
  return {
    key: own && entry.client_msg_id ? `own ${entry.client_msg_id}` : `seq ${entry.seq}`,
    from: entry.sender_id,
    own,
    at: new Date(entry.created_at),
    text: entry.deleted ? 'Message deleted' : entry.text,
    deleted: entry.deleted,
    edited: Boolean(entry.edited_at),
    state: 'sent',
    failure: null,
    clientMsgId: null,
  };
}

function unsent(item, me) {
  return {
    key: `own ${item.client_msg_id}`,
    from: me.user_id,
    own: true,
    at: new Date(item.written_at),
    text: item.text,
    deleted: false,
    edited: false,
    state: item.failure === null ? 'pending' : 'failed',
    failure: item.failure,
    clientMsgId: item.client_msg_id,
  };
}

export function createDayRow() {
  const label = el('span');
  const node = el('li', { class: 'day', testid: 'day' }, label);
  return { node, update: ({ at }) => setText(label, dayLabel(at)) };
}

const STATES = {
  pending: { icon: 'clock', label: 'Not sent yet' },
  sent: { icon: 'check', label: 'Sent' },
  failed: { icon: 'alert', label: 'Not sent' },
};

// `onRetry` and `onDiscard` get the client_msg_id of a message that was refused.
export function createMessageRow({ onRetry, onDiscard }) {
  // The text is a text node, whatever stands in it.
  const text = el('p', { class: 'text', testid: 'text', dir: 'auto' });
  const time = el('time');
  const mark = el('span', { class: 'mark', role: 'img' });
  const meta = el('span', { class: 'meta' }, time, mark);
  const bubble = el('div', { class: 'bubble' }, text, meta);
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
  const node = el('li', { class: 'message', testid: 'message' }, bubble, failure);
  let shown = { state: null };
  return { node, update };

  function update(item) {
    if (looksAlike(shown, item)) return;
    if (shown.state !== item.state) {
      mark.replaceChildren(icon(STATES[item.state].icon));
      mark.setAttribute('aria-label', STATES[item.state].label);
    }
    shown = item;
    node.className = `message ${item.own ? 'own' : 'other'}${item.follows ? ' follows' : ''}`;
    node.dataset.state = item.state;
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

// Most rows of a redraw; formatting their times again would make long histories slow.
function looksAlike(a, b) {
  const alike = (field) => a[field] === b[field];
  const fields = ['state', 'text', 'follows', 'deleted', 'edited', 'failure', 'clientMsgId'];
  return a.at?.getTime() === b.at.getTime() && fields.every(alike);
}
