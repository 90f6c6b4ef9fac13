// Who has read a message of a group, and who has not yet.

import { el, reconcile, setText } from '../dom.js';
import { nameOf } from '../wire.js';
import { openDialog } from './dialog.js';
import { createAvatar } from './people.js';
import { reasonOf } from './words.js';

export async function openReaders({ client, store, conversationId, seq }) {
  const read = createPart('Read by', 'read-by');
  const unread = createPart('Not yet', 'not-read-by');
  const said = el('p', { class: 'dialog-text', role: 'status', text: 'Looking…' });
  openDialog({
    title: 'Who has read it',
    testid: 'readers',
    body: [el('div', { class: 'dialog-list' }, said, read.node, unread.node)],
  });
  try {
    const readers = await client.groups.readersOf(conversationId, seq);
    const ids = new Set(readers.map(({ user_id: id }) => id).concat(store.me.user_id));
    const members = (store.membersOf(conversationId) ?? []).map(({ user }) => user);
    setText(said, readers.length === 0 ? 'Nobody yet.' : '');
    read.update(readers);
    unread.update(readers.length === 0 ? [] : members.filter(({ user_id: id }) => !ids.has(id)));
  } catch (error) {
    setText(said, reasonOf(error));
  }
}

function createPart(title, testid) {
  const list = el('ul', { testid, 'aria-label': title });
  const node = el('section', {}, el('h3', { class: 'info-heading', text: title }), list);
  node.hidden = true;
  return {
    node,
    update(users) {
      node.hidden = users.length === 0;
      reconcile(list, users, { keyOf: ({ user_id: id }) => id, create: createRow });
    },
  };
}

function createRow() {
  const avatar = createAvatar();
  const name = el('span', { class: 'row-name' });
  return {
    node: el('li', { class: 'row' }, avatar.node, name),
    update(user) {
      avatar.update(user);
      setText(name, nameOf(user));
    },
  };
}
