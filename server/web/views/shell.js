// The page once one is logged in: lists on the left, the open conversation on the right; on a
// narrow screen one of the two.

import { el, icon, reconcile, setText } from '../dom.js';
import { currentRoute, goTo, hrefOf } from '../route.js';
import { isQuiet } from '../store.js';
import { nameOf } from '../wire.js';
import { createBanner } from './banner.js';
import { createChat } from './chat.js';
import { createContactList } from './contact_list.js';
import { createConversationList } from './conversation_list.js';
import { openNewGroup } from './group_forms.js';
import { createNotificationOffer } from './notification_offer.js';
import { createAvatar, titleOf } from './people.js';
import { createSettings } from './settings.js';
import { called } from './words.js';

const MINUTE_MS = 60_000;
const SETTINGS = 'settings';

// `dispose()` takes it out of service. `onTry()`: connect now; `onLogOut()`: leave.
export function createShell({ client, store, notifier, onTry, onLogOut, onErased }) {
  const banner = createBanner({ onTry });
  const lists = {
    chats: createConversationList({ client, store, onNewGroup }),
    contacts: createContactList({ client, store, onOpen: openDirect }),
  };
  const offer = createNotificationOffer({ notifier, onDecided: () => store.changed() });
  const sidebar = createSidebar({ store, lists, offer });
  const main = el('main', { class: 'main' });
  const nothing = el(
    'div',
    { class: 'nothing' },
    el('img', { src: '/icon.svg', alt: '', width: 72, height: 72 }),
    el('p', { text: 'Choose a conversation, or start one from your contacts.' }),
  );
  const news = el('div', { class: 'visually-hidden', 'aria-live': 'polite', testid: 'news' });
  const node = el('div', { class: 'shell' }, banner.node, sidebar.node, main, news);
  let route = currentRoute();
  // What stands in `main`, and which: "settings" or a conversation's id.
  let view = null;
  let shown = null;
  let phase = 'idle';

  const unsubscribe = store.subscribe(update);
  const listening = new AbortController();
  const { signal } = listening;
  addEventListener('hashchange', onRoute, { signal });
  document.addEventListener('visibilitychange', update, { signal });
  // "5 minutes ago" grows old by itself.
  const clock = setInterval(update, MINUTE_MS);
  client.sender.onChanged = () => store.changed();
  client.onNews = announce;
  client.onPhase = onPhase;
  const onNetwork = () => banner.update(phase);
  addEventListener('offline', onNetwork, { signal });
  addEventListener('online', onNetwork, { signal });
  update();
  return { node, dispose };

  function onRoute() {
    route = currentRoute();
    update();
  }

  function onPhase(current) {
    phase = current;
    banner.update(phase);
    if (phase === 'live') view?.cameBack();
  }

  async function openDirect(userId) {
    const conversationId = await client.openDirect(userId);
    goTo({ list: 'chats', conversationId });
  }

  function onNewGroup() {
    const onCreated = (conversationId) => goTo({ list: 'chats', conversationId });
    openNewGroup({ client, store, onCreated });
  }

  function update() {
    node.dataset.pane = route.conversationId || route.list === SETTINGS ? 'main' : 'list';
    sidebar.update(route);
    showMain();
    const unread = store.unreadConversations;
    document.title = unread > 0 ? `(${unread}) Chat` : 'Chat';
  }

  function showMain() {
    const known = store.conversation(route.conversationId)?.conversation_id ?? null;
    const wanted = route.list === SETTINGS ? SETTINGS : known;
    if (wanted !== null && wanted === shown) return view.update(route);
    if (wanted === null && main.contains(nothing)) return leaveUnknown();
    view?.dispose();
    shown = wanted;
    view = wanted === null ? null : createView(wanted);
    main.replaceChildren(view ? view.node : nothing);
    view?.update(route);
    view?.opened();
    if (view === null) sidebar.focus();
    leaveUnknown();
  }

  function createView(wanted) {
    if (wanted !== SETTINGS) return createChat({ client, store, route });
    return createSettings({ client, store, notifier, onLogOut, onErased });
  }

  // An address of a conversation that is not, or no longer, ours.
  function leaveUnknown() {
    const unknown =
      store.loaded && route.conversationId && !store.conversation(route.conversationId);
    if (unknown) goTo({ list: route.list });
  }

  function announce(conversation, entry) {
    if (entry.kind !== 'text') return;
    const where = conversation.kind === 'group' ? ` in ${nameOf(titleOf(conversation))}` : '';
    const who = called(store, entry.sender_id);
    const title = who + where;
    setText(news, `${title}: ${entry.text.slice(0, 300)}`);
    const { conversation_id: conversationId } = conversation;
    const onClick = () => goTo({ list: 'chats', conversationId });
    if (isQuiet(conversation)) return;
    notifier.show({ title, body: entry.text, tag: conversationId, onClick });
  }

  function dispose() {
    unsubscribe();
    listening.abort();
    clearInterval(clock);
    view?.dispose();
    document.title = 'Chat';
  }
}

function createSidebar({ store, lists, offer }) {
  const avatar = createAvatar();
  const settings = el(
    'a',
    {
      class: 'ghost',
      testid: 'open-settings',
      title: 'Settings',
      'aria-label': 'Settings',
      href: hrefOf({ list: SETTINGS }),
    },
    icon('gear'),
  );
  const tabs = [
    { list: 'chats', label: 'Chats', count: () => store.unreadConversations },
    { list: 'contacts', label: 'Contacts', count: () => store.contacts('requesting').length },
  ];
  const nav = el('nav', { class: 'tabs', 'aria-label': 'Lists' });
  const body = el('div', { class: 'sidebar-body' });
  const me = el('span', { class: 'me-name', testid: 'me' });
  // Behind the settings stays the list from which one came.
  let list = 'chats';
  const node = el(
    'aside',
    { class: 'sidebar' },
    el('header', { class: 'me' }, avatar.node, me, settings),
    nav,
    body,
    offer.node,
  );
  return {
    node,
    update(route) {
      offer.update(store.conversations().length > 0);
      avatar.update(store.me);
      setText(me, nameOf(store.me));
      if (route.list === SETTINGS) settings.setAttribute('aria-current', 'page');
      else {
        settings.removeAttribute('aria-current');
        list = route.list;
      }
      reconcile(nav, tabs, { keyOf: ({ list }) => list, create: tabRow });
      for (const link of nav.querySelectorAll('a')) {
        const { list: target } = link.dataset;
        link.href = hrefOf({ list: target, conversationId: route.conversationId });
        if (target === route.list) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
      }
      const shown = lists[list];
      shown.update(route);
      if (!body.contains(shown.node)) body.replaceChildren(shown.node);
    },
    // Where the keyboard goes on when what had the focus is gone.
    focus() {
      if (document.activeElement !== document.body) return;
      nav.querySelector('[aria-current]')?.focus({ preventScroll: true });
    },
  };
}

function tabRow() {
  const label = el('span');
  const badge = el('span', { class: 'badge' });
  const node = el('a', { class: 'tab' }, label, badge);
  return {
    node,
    update({ list, label: words, count }) {
      node.dataset.list = list;
      node.dataset.testid = `tab-${list}`;
      setText(label, words);
      const number = count();
      badge.hidden = number === 0;
      setText(badge, String(number));
    },
  };
}
