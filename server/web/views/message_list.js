// The scrolling part of a conversation: stays at the newest unless the reader scrolled up, loads
// older pages before the reader gets there, and says when new messages are below.

import { el, icon, reconcile, setText } from '../dom.js';
import { nameOf } from '../wire.js';
import {
  createDayRow,
  createMessageRow,
  createNewRow,
  createNoteRow,
  rowItems,
} from './message_rows.js';

const CREATE = {
  day: createDayRow,
  new: createNewRow,
  note: createNoteRow,
  message: createMessageRow,
};

const NEAR_BOTTOM_PX = 80;
const LOAD_OLDER_PX = 400;

// Shows one conversation: `update(conversation)` redraws it. Dropped when another is opened.
// `actions` are what can be done with a message (message_tools.js); `onLeave()`: the user is done
// with the list.
export function createMessageList({ client, store, opened, title, actions, onLeave }) {
  const { sender } = client;
  const top = el('p', { class: 'history-top', testid: 'history-top' });
  const list = el('ol', { class: 'messages', testid: 'messages', 'aria-label': 'Messages' });
  const scroller = el(
    'div',
    { class: 'scroller', testid: 'scroller', tabindex: 0, role: 'region', 'aria-label': 'History' },
    top,
    list,
  );
  const toBottom = el(
    'button',
    {
      type: 'button',
      class: 'to-bottom',
      testid: 'to-bottom',
      'aria-label': 'Go to the newest message',
      on: { click: () => scrollToBottom('smooth') },
    },
    icon('down'),
  );
  const node = el('div', { class: 'history' }, scroller, toBottom);
  const rowActions = {
    ...actions,
    onRetry: (clientMsgId) => sender.retry(clientMsgId),
    onDiscard: (clientMsgId) => sender.discard(clientMsgId),
    onJump: jumpTo,
  };
  // What came while one was elsewhere is marked until one writes.
  let readSeq = opened.unread > 0 ? opened.readSeq : null;
  let conversation = null;
  let failed = false;
  let atBottom = true;
  let firstKey = null;
  scroller.addEventListener('scroll', onScroll, { passive: true });
  scroller.addEventListener('keydown', onKey);
  // The keyboard of a phone, or a growing composer, must not push the newest message out of sight.
  const sizes = new ResizeObserver(() => atBottom && scrollToBottom('instant'));
  sizes.observe(scroller);
  return { node, update, jumpTo, written, lastOwn, loadFirst, dispose: () => sizes.disconnect() };

  function update(current) {
    conversation = current;
    const { timeline, conversation_id: id } = conversation;
    const items = rowItems({
      entries: timeline.entries(),
      waiting: sender.waitingIn(id),
      store,
      group: conversation.kind === 'group',
      quoted: (seq) => store.quoted(id, seq),
      readSeq,
      reach: store.reach(conversation),
    });
    const before = { height: scroller.scrollHeight, top: scroller.scrollTop };
    reconcile(list, items, {
      keyOf: ({ key }) => key,
      create: ({ kind }) => CREATE[kind](rowActions),
    });
    setText(top, topText());
    keepPlace(items, before);
    loadWhatIsInSight();
    markRead();
  }

  function topText() {
    if (failed) return 'Earlier messages could not be loaded.';
    if (!conversation.timeline.reachesStart) return 'Loading earlier messages…';
    return conversation.kind === 'group'
      ? 'This is the beginning of the group.'
      : `This is the beginning of your conversation with ${nameOf(title)}.`;
  }

  // Older messages grow the list at its top: what the reader looks at stays where it is.
  function keepPlace(items, before) {
    const first = items.find(({ kind }) => kind === 'message' || kind === 'note')?.key ?? null;
    const prepended = firstKey !== null && first !== firstKey;
    firstKey = first;
    if (atBottom) scrollToBottom('instant');
    else if (prepended) scroller.scrollTop = before.top + scroller.scrollHeight - before.height;
    toBottom.hidden = atBottom;
  }

  function onScroll() {
    atBottom = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_BOTTOM_PX;
    toBottom.hidden = atBottom;
    if (!conversation) return;
    failed = false;
    loadWhatIsInSight();
    markRead();
  }

  // Up and down lead from message to message, where Tab then leads to what can be done with it.
  function onKey(event) {
    if (event.key === 'Escape') return onLeave();
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const here = event.target.closest('.message');
    if (step === undefined || (here !== event.target && event.target !== scroller)) return;
    const messages = [...list.querySelectorAll('.message')];
    const next = here ? messages[messages.indexOf(here) + step] : messages.at(-1);
    if (!next) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: 'nearest' });
  }

  async function jumpTo(seq) {
    atBottom = false;
    try {
      await client.loadBackTo(conversation.conversation_id, seq);
    } catch {
      return;
    }
    update(conversation);
    const target = list.querySelector(`[data-seq="${seq}"]`);
    if (!target) return;
    target.scrollIntoView({ block: 'center' });
    target.focus({ preventScroll: true });
    target.classList.add('found');
    target.addEventListener('animationend', () => target.classList.remove('found'), { once: true });
  }

  // What this user said last and can still change; null when that is not loaded.
  function lastOwn() {
    const { me } = store;
    const own = ({ kind, sender_id: from, deleted }) =>
      kind === 'text' && from === me.user_id && !deleted;
    return conversation.timeline.entries().filter(own).at(-1) ?? null;
  }

  // The user wrote something: they are at the end of the conversation now.
  function written() {
    readSeq = null;
    scrollToBottom('instant');
  }

  function scrollToBottom(behavior) {
    atBottom = true;
    scroller.scrollTo({ top: scroller.scrollHeight, behavior });
  }

  // Also called when the connection is back: what could not be read before is worth another
  // attempt.
  function loadFirst() {
    failed = false;
    watch(client.loadNewest(conversation.conversation_id));
  }

  function loadWhatIsInSight() {
    const { timeline, conversation_id: id } = conversation;
    if (failed || timeline.reachesStart) return;
    if (timeline.isEmpty) watch(client.loadNewest(id));
    else if (scroller.scrollTop < LOAD_OLDER_PX) watch(client.loadOlder(id));
  }

  function watch(loading) {
    loading.catch(() => {
      failed = true;
      setText(top, topText());
    });
  }

  function markRead() {
    const seen = atBottom && document.visibilityState === 'visible';
    const { head } = conversation.timeline;
    if (seen && head !== null) store.markRead(conversation.conversation_id, head);
  }
}
