// One open conversation: who it is with, its messages, and where to write.

import { el, icon, setText } from '../dom.js';
import { hrefOf } from '../route.js';
import { nameOf } from '../wire.js';
import { createComposer } from './composer.js';
import { askWhether } from './dialog.js';
import { countInWords, createInfoPanel } from './info_panel.js';
import { createMessageList } from './message_list.js';
import { createAvatar, presenceInWords, titleOf } from './people.js';
import { openReaders } from './readers.js';
import { called, reasonOf, typingInWords } from './words.js';

// Groups of more are told by their number.
const NAMED_MAX = 4;

// Dropped, with `dispose()`, when another conversation is opened.
export function createChat({ client, store, route }) {
  const conversation = store.conversation(route.conversationId);
  const { conversation_id: id } = conversation;
  const title = titleOf(conversation);
  const avatar = createAvatar();
  const name = el('h2', { testid: 'chat-name' });
  const line = el('span', { class: 'chat-presence', testid: 'chat-presence' });
  const back = el('a', { class: 'ghost back', testid: 'back', 'aria-label': 'Back' }, icon('back'));
  const about = el(
    'a',
    { class: 'chat-title', testid: 'open-info', title: 'Show details' },
    avatar.node,
    el('span', { class: 'chat-names' }, name, line),
  );
  const header = el('header', { class: 'chat-header' }, back, about);
  const messages = createMessageList({
    client,
    store,
    opened: conversation,
    title,
    actions: {
      onReply: ({ seq, from, text }) => composer.replyTo({ seq, name: called(store, from), text }),
      onReact: ({ seq }, emoji, on) => attempt(() => client.changes.react(id, seq, emoji, on)),
      onEdit: ({ seq, text }) => composer.edit({ seq, text }),
      onCopy: ({ text }) => attempt(() => navigator.clipboard.writeText(text)),
      onReaders: ({ seq }) => openReaders({ client, store, conversationId: id, seq }),
      onDelete,
      mayDelete: ({ own }) => own || ['owner', 'admin'].includes(store.conversation(id)?.myRole),
    },
    onLeave: () => composer.focus(),
  });
  const composer = createComposer({
    conversationId: id,
    limits: () => client.limits,
    onEdit: (seq, text) => client.changes.edit(id, seq, text),
    // Up, where nothing is written yet, leads to what one said last.
    lastOwn: () => messages.lastOwn(),
    onTyping: (active) => (active ? client.typing.writing(id) : client.typing.stopped(id)),
    onSend(text, replyToSeq) {
      client.typing.stopped(id, { sent: true });
      client.sender.send(id, text, replyToSeq);
      messages.written();
    },
  });
  const blocked = createBlockedLine({ client, store, id });
  const talk = el('section', { class: 'talk' }, header, messages.node, composer.node, blocked.node);
  const node = el('div', { class: 'chat', testid: 'chat' }, talk);
  let info = null;
  // The message to which the address led last.
  let soughtSeq = null;
  return {
    node,
    update,
    // After the node is in the page: what needs sizes.
    opened() {
      client.open(id);
      messages.loadFirst();
      // A phone would answer focus with its keyboard, over the messages.
      if (info || soughtSeq !== null) return;
      if (matchMedia('(pointer: coarse)').matches) about.focus({ preventScroll: true });
      else composer.focus();
    },
    cameBack() {
      client.open(id);
      messages.loadFirst();
    },
    dispose() {
      client.typing.stopped(id);
      messages.dispose();
      store.conversation(id)?.timeline.trim();
    },
  };

  function update({ list, info: wanted, seq }) {
    back.href = hrefOf({ list });
    about.href = hrefOf({ list, conversationId: id, info: !wanted });
    const current = store.conversation(id);
    if (!current) return;
    const shown = titleOf(current);
    const presence = current.peer ? store.presenceOf(shown.user_id) : null;
    avatar.update(shown, presence);
    setText(name, nameOf(shown));
    composer.setPlaceholder(`Message ${nameOf(shown)}`);
    const typing = typingInWords(client.typing.whoIn(id), current, store);
    setText(line, typing || (presence ? presenceInWords(presence) : '') || who(current, shown));
    line.dataset.online = String(typing !== '' || (presence?.online ?? false));
    messages.update(current);
    blocked.update(current);
    composer.node.hidden = !blocked.node.hidden;
    showInfo(list, wanted);
    if (seq !== null && seq !== soughtSeq) messages.jumpTo(seq);
    soughtSeq = seq;
  }

  // What goes wrong is said at the composer.
  async function attempt(action) {
    composer.tell('');
    try {
      await action();
    } catch (error) {
      composer.tell(reasonOf(error));
    }
  }

  async function onDelete({ seq, own }) {
    const sure = await askWhether({
      title: own ? 'Delete this message?' : 'Delete this message for everybody?',
      text: 'Its text is erased for everybody, for ever. That there was a message stays.',
      yes: 'Delete',
    });
    if (sure) await attempt(() => client.changes.delete(id, seq));
  }

  // The first few of a group by name.
  function who({ kind, membersCount }, { username }) {
    if (kind === 'direct') return `@${username}`;
    const others = (store.membersOf(id) ?? []).filter(
      ({ user }) => user.user_id !== store.me.user_id,
    );
    if (others.length === 0 || others.length > NAMED_MAX) return countInWords(membersCount);
    return `${others.map(({ user }) => nameOf(user)).join(', ')} and you`;
  }

  function showInfo(list, wanted) {
    node.dataset.info = String(wanted);
    if (wanted && !info) {
      const closeHref = () => hrefOf({ list, conversationId: id });
      info = createInfoPanel({ client, store, conversationId: id, closeHref });
      node.append(info.node);
      info.update();
      info.focus();
    } else if (!wanted && info) {
      const inside = info.node.contains(document.activeElement);
      info.node.remove();
      info = null;
      if (inside) about.focus();
    } else info?.update();
  }
}

// In place of the composer, where one blocks the other.
function createBlockedLine({ client, store, id }) {
  const text = el('span');
  const unblock = el('button', {
    type: 'button',
    testid: 'unblock-here',
    text: 'Unblock',
    // What fails stays as it is shown.
    on: {
      click: () => client.account.unblock(store.conversation(id).peer.user_id).catch(() => {}),
    },
  });
  const node = el('div', { class: 'blocked-line', testid: 'blocked-line' }, text, unblock);
  return {
    node,
    update({ peer }) {
      node.hidden = !peer || !store.isBlocked(peer.user_id);
      if (peer) setText(text, `You block ${nameOf(peer)}.`);
    },
  };
}
