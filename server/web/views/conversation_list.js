// The list of conversations: newest activity first, with the last words, the time and what is
// unread.

import { el, icon, reconcile, setText } from '../dom.js';
import { hrefOf } from '../route.js';
import { isMuted, isQuiet } from '../store.js';
import { listStamp } from '../time.js';
import { nameOf } from '../wire.js';
import { createAvatar, titleOf } from './people.js';
import { createSearchResults } from './search_results.js';
import { called, entryInWords, textInWords, typingInWords } from './words.js';

// `onNewGroup()` is called to make one.
export function createConversationList({ client, store, onNewGroup }) {
  let archive = false;
  const { search } = client;
  const words = el('input', {
    type: 'search',
    class: 'search',
    testid: 'search',
    placeholder: 'Search',
    'aria-label': 'Search chats and messages',
    on: {
      input: () => {
        search.lookFor(words.value);
        update(shownRoute);
      },
      keydown: (event) => event.key === 'Escape' && clear(),
    },
  });
  search.onChanged = () => store.changed();
  const results = createSearchResults({ store });
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
  const newGroup = el(
    'button',
    { type: 'button', class: 'row action', testid: 'new-group', on: { click: onNewGroup } },
    icon('people'),
    'New group',
  );
  const otherText = el('span');
  const other = el(
    'button',
    {
      type: 'button',
      class: 'row action',
      testid: 'archive',
      on: {
        click: () => {
          archive = !archive;
          update(shownRoute);
        },
      },
    },
    icon('box'),
    otherText,
  );
  let shownRoute;
  return {
    node: el('section', { class: 'list' }, words, newGroup, list, empty, other, results.node),
    update,
  };

  function clear() {
    words.value = '';
    search.lookFor('');
    update(shownRoute);
  }

  function update(route) {
    shownRoute = route;
    const all = store.conversations();
    const archived = all.filter((conversation) => conversation.archived).length;
    archive = archive && archived > 0;
    const looked = words.value.trim().toLowerCase();
    const shown = all.filter((conversation) =>
      looked === '' ? conversation.archived === archive : isNamed(conversation, looked),
    );
    other.hidden = archived === 0 || looked !== '';
    results.update(search, looked);
    setText(otherText, archive ? 'Back to all chats' : `Archived (${archived})`);
    empty.hidden = all.length > 0 || !store.loaded;
    // A group is made of contacts.
    newGroup.hidden = looked !== '' || store.contacts('contact').length === 0;
    reconcile(list, shown, {
      keyOf: ({ conversation_id }) => conversation_id,
      create: () => createRow({ client, store }),
    });
    for (const link of list.querySelectorAll('a')) {
      const open = link.dataset.conversationId === route.conversationId;
      if (open) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
  }
}

function isNamed(conversation, words) {
  const { username, display_name: name } = titleOf(conversation);
  return `${name} ${username}`.toLowerCase().includes(words);
}

function createRow({ client, store }) {
  const avatar = createAvatar();
  const name = el('span', { class: 'row-name', testid: 'conversation-name' });
  const stamp = el('time', { class: 'row-time' });
  const preview = el('span', { class: 'row-preview', testid: 'preview', dir: 'auto' });
  const quiet = el(
    'span',
    { class: 'row-quiet', role: 'img', 'aria-label': 'muted' },
    icon('quiet'),
  );
  const badge = el('span', { class: 'badge', testid: 'unread', role: 'img' });
  const link = el(
    'a',
    { class: 'row', testid: 'conversation' },
    avatar.node,
    el(
      'span',
      { class: 'row-body' },
      el('span', { class: 'row-line' }, name, stamp),
      el('span', { class: 'row-line' }, preview, quiet, badge),
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
      const typing = typingInWords(client.typing.whoIn(id), conversation, store);
      setText(preview, typing || (last ? previewOf(last, conversation, store) : 'Say hello'));
      preview.dataset.typing = String(typing !== '');
      quiet.hidden = !isMuted(conversation);
      badge.classList.toggle('quiet-badge', isQuiet(conversation));
      badge.hidden = unread === 0;
      setText(badge, unread > 999 ? '999+' : String(unread));
      badge.setAttribute('aria-label', `${unread} unread`);
    },
  };
}

function previewOf(entry, { kind }, store) {
  if (entry.kind !== 'text') return entryInWords(entry, store) ?? '';
  // The list shows one line of it; a page of text would cost layout time in every row.
  const text = textInWords(entry, store).slice(0, 200);
  const own = entry.sender_id === store.me.user_id;
  return own || kind === 'group' ? `${called(store, entry.sender_id)}: ${text}` : text;
}
