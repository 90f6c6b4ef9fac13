// One open conversation: who it is with, its messages, and where to write.

import { el, icon, setText } from '../dom.js';
import { hrefOf } from '../route.js';
import { nameOf } from '../wire.js';
import { createComposer } from './composer.js';
import { titleOf } from './conversation_list.js';
import { createMessageList } from './message_list.js';
import { createAvatar, presenceInWords } from './people.js';

// Dropped, with `dispose()`, when another conversation is opened.
export function createChat({ client, store, route }) {
  const conversation = store.conversation(route.conversationId);
  const title = titleOf(conversation);
  const avatar = createAvatar();
  const name = el('h2', { testid: 'chat-name' });
  const line = el('p', { class: 'chat-presence', testid: 'chat-presence' });
  const back = el('a', { class: 'ghost back', testid: 'back', 'aria-label': 'Back' }, icon('back'));
  const header = el(
    'header',
    { class: 'chat-header' },
    back,
    avatar.node,
    el('div', { class: 'chat-title' }, name, line),
  );
  const messages = createMessageList({ client, store, title });
  const composer = createComposer({
    conversationId: conversation.conversation_id,
    placeholder: `Message ${nameOf(title)}`,
    limits: () => client.limits,
    onSend(text) {
      client.sender.send(conversation.conversation_id, text);
      messages.scrollToBottom('instant');
    },
  });
  const node = el(
    'section',
    { class: 'chat', testid: 'chat' },
    header,
    messages.node,
    composer.node,
  );
  return {
    node,
    update,
    // After the node is in the page: what needs sizes.
    opened() {
      update(route);
      messages.loadFirst();
      // A phone would answer focus with its keyboard, over the messages.
      if (!matchMedia('(pointer: coarse)').matches) composer.focus();
    },
    cameBack: () => messages.loadFirst(),
    dispose() {
      messages.dispose();
      store.conversation(conversation.conversation_id)?.timeline.trim();
    },
  };

  function update({ list }) {
    back.href = hrefOf({ list });
    const current = store.conversation(conversation.conversation_id);
    if (!current) return;
    const peer = titleOf(current);
    const presence = store.presenceOf(peer.user_id);
    avatar.update(peer, presence);
    setText(name, nameOf(peer));
    setText(line, presenceInWords(presence) || `@${peer.username}`);
    line.dataset.online = String(presence.online);
    messages.update(current);
  }
}
