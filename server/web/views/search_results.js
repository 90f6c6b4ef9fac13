// What was found in messages: where, by whom, when, and a line of it around the words.

import { el, reconcile, setText } from '../dom.js';
import { hrefOf } from '../route.js';
import { listStamp } from '../time.js';
import { nameOf } from '../wire.js';
import { createAvatar, titleOf } from './people.js';
import { called, reasonOf } from './words.js';

const BEFORE_MAX = 30;
const LINE_MAX = 160;

// `update(search, words)`: words as they were typed.
export function createSearchResults({ store }) {
  const heading = el('h2', { id: 'found-messages', text: 'Messages' });
  const list = el('ul', { testid: 'found', 'aria-labelledby': 'found-messages' });
  const said = el('p', { class: 'quiet found-none', role: 'status', testid: 'found-none' });
  const node = el('div', { class: 'section' }, heading, list, said);
  node.hidden = true;
  return {
    node,
    update(search, words) {
      node.hidden = words === '';
      const entries = (search.entries ?? []).filter(({ conversation_id: id }) =>
        store.conversation(id),
      );
      reconcile(list, words === '' ? [] : entries, {
        keyOf: ({ conversation_id: id, seq }) => `${id} ${seq}`,
        create: () => createRow({ store, words: () => words }),
      });
      setText(said, words === '' ? '' : outcome(search, entries));
    },
  };
}

function outcome({ entries, failure }, shown) {
  if (failure) return reasonOf(failure, { not_found: 'This server cannot search messages.' });
  if (entries === null) return 'Searching…';
  return shown.length === 0 ? 'No message has these words.' : '';
}

function createRow({ store, words }) {
  const avatar = createAvatar();
  const name = el('span', { class: 'row-name' });
  const stamp = el('time', { class: 'row-time' });
  const line = el('span', { class: 'row-preview', dir: 'auto' });
  const link = el(
    'a',
    { class: 'row', testid: 'found-message' },
    avatar.node,
    el(
      'span',
      { class: 'row-body' },
      el('span', { class: 'row-line' }, name, stamp),
      el('span', { class: 'row-line' }, line),
    ),
  );
  return {
    node: el('li', {}, link),
    update({ conversation_id: conversationId, seq, sender_id: from, text, created_at: at }) {
      const title = titleOf(store.conversation(conversationId));
      avatar.update(title);
      link.href = hrefOf({ list: 'chats', conversationId, seq });
      setText(name, nameOf(title));
      setText(stamp, listStamp(new Date(at)));
      setText(line, `${called(store, from)}: ${excerpt(text, words())}`);
    },
  };
}

// A line of `text` in which the first of the words is to be seen.
export function excerpt(text, words) {
  const [first = ''] = words.trim().toLowerCase().split(/\s+/);
  const at = Math.max(0, text.toLowerCase().indexOf(first));
  const from = at > BEFORE_MAX ? at - BEFORE_MAX : 0;
  return (from > 0 ? '…' : '') + text.slice(from, from + LINE_MAX);
}
