// The list of conversations: newest activity first, with the last words, the time and what is
// unread.

import { el, reconcile, setText } from '../dom.js';
import { hrefOf } from '../route.js';
import { listStamp } from '../time.js';
import { nameOf } from '../wire.js';
import { createAvatar } from './people.js';

export function createConversationList({ store }) {
  const list = el('ul', { class: 'rows', testid: 'conversations', 'aria-label': 'Conversations' });
  const empty = el(
    'div',
    { class: 'empty', testid: 'no-conversations' },
    el('p', { text: 'No conversations yet.' }),
    el('a', {
      class: 'button',
      href: hrefOf({ list: 'contacts' }),
      text: 'Find someone to talk to',
    }),
  );
  return {
    node: el('section', { class: 'list' }, list, empty),
    update(route) {
      const conversations = store.conversations();
      empty.hidden = conversations.length > 0 || !store.loaded;
      reconcile(list, conversations, {
        keyOf: ({ conversation_id }) => conversation_id,
        create: () => createRow({ store }),
      });
      for (const link of list.querySelectorAll('a')) {
        const open = link.dataset.conversationId === route.conversationId;
        if (open) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
      }
    },
  };
}

function createRow({ store }) {
  const avatar = createAvatar();
  const name = el('span', { class: 'row-name', testid: 'conversation-name' });
  const stamp = el('time', { class: 'row-time' });
  const preview = el('span', { class: 'row-preview', testid: 'preview', dir: 'auto' });
  const badge = el('span', { class: 'badge', testid: 'unread' });
  const link = el(
    'a',
    { class: 'row', testid: 'conversation' },
    avatar.node,
    el(
      'span',
      { class: 'row-body' },
      el('span', { class: 'row-line' }, name, stamp),
      el('span', { class: 'row-line' }, preview, badge),
    ),
  );
  return {
    node: el('li', {}, link),
    update(conversation) {
      const { conversation_id: id, last, unread, activeAt } = conversation;
      const peer = titleOf(conversation);
      avatar.update(peer, conversation.peer && store.presenceOf(peer.user_id));
      link.href = hrefOf({ list: 'chats', conversationId: id });
      link.dataset.conversationId = id;
      link.dataset.name = peer.username;
      setText(name, nameOf(peer));
      setText(stamp, last ? listStamp(new Date(activeAt)) : '');
      setText(preview, last ? previewOf(last, store.me) : 'Say hello');
      badge.hidden = unread === 0;
      setText(badge, unread > 999 ? '999+' : String(unread));
      badge.setAttribute('aria-label', `${unread} unread`);
    },
  };
}

// Whoever the conversation is shown as: the other one, or the group by its name.
export function titleOf({ conversation_id, peer, name }) {
  return peer ?? { user_id: conversation_id, username: name, display_name: name || 'Group' };
}

function previewOf(entry, me) {
  if (entry.deleted) return 'Message deleted';
  if (entry.kind !== 'text') return '';
  // The list shows one line of it; a page of text would cost layout time in every row.
  const text = entry.text.slice(0, 200);
  return entry.sender_id === me.user_id ? `You: ${text}` : text;
}
