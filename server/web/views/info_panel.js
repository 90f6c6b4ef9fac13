// What is to be known about the open conversation, beside it or, on a narrow screen, over it: a
// group's members, or the other one.

import { el, icon, setText } from '../dom.js';
import { isMuted } from '../store.js';
import { nameOf } from '../wire.js';
import { toggleBlock } from './blocking.js';
import { askWhether } from './dialog.js';
import { openAddMembers, openRenameGroup } from './group_forms.js';
import { createMembers } from './members.js';
import { openMenu } from './menu.js';
import { createAvatar, presenceInWords, titleOf } from './people.js';
import { reasonOf } from './words.js';

const HOUR_MS = 3_600_000;
const MUTES = [
  { label: 'For 1 hour', testid: 'mute-hour', ms: HOUR_MS },
  { label: 'For 8 hours', testid: 'mute-day', ms: 8 * HOUR_MS },
  { label: 'For 1 week', testid: 'mute-week', ms: 7 * 24 * HOUR_MS },
  { label: 'Until I unmute it', testid: 'mute-always', ms: 100 * 365 * 24 * HOUR_MS },
];

// `closeHref()` is the address without the panel.
export function createInfoPanel({ client, store, conversationId, closeHref }) {
  const group = store.conversation(conversationId).kind === 'group';
  const avatar = createAvatar();
  const name = el('h3', { testid: 'info-name' });
  const line = el('p', { class: 'quiet', testid: 'info-line' });
  const notice = el('p', { class: 'notice', role: 'alert', testid: 'info-notice' });
  notice.dataset.kind = 'error';
  const close = el(
    'a',
    { class: 'ghost', testid: 'close-info', 'aria-label': 'Close', title: 'Close' },
    icon('close'),
  );
  const mute = actionRow('mute', onMute);
  const archive = actionRow('archive-this', () => arrange({ archived: !current().archived }));
  const words = group ? 'About this group' : 'About this person';
  const part = group ? createGroupPart() : createPersonPart();
  const node = el(
    'aside',
    { class: 'info', testid: 'info', 'aria-label': words },
    el('header', { class: 'info-header' }, close, el('h2', { text: words })),
    el(
      'div',
      { class: 'info-body' },
      el('div', { class: 'info-top' }, avatar.node, name, line),
      notice,
      mute,
      archive,
      ...part.nodes,
    ),
  );
  node.addEventListener('keydown', (event) => event.key === 'Escape' && close.click());
  return { node, update, focus: () => close.focus() };

  function update() {
    const conversation = store.conversation(conversationId);
    const title = titleOf(conversation);
    const presence = conversation.peer ? store.presenceOf(title.user_id) : null;
    close.href = closeHref();
    avatar.update(title, presence);
    setText(name, nameOf(title));
    setText(line, group ? countInWords(conversation.membersCount) : aboutPeer(title, presence));
    setAction(
      mute,
      isMuted(conversation) ? 'bell' : 'quiet',
      isMuted(conversation) ? 'Unmute' : 'Mute…',
    );
    setAction(archive, 'box', conversation.archived ? 'Take out of the archive' : 'Archive');
    part.update(conversation);
  }

  function current() {
    return store.conversation(conversationId);
  }

  // The server takes both together.
  function arrange(change) {
    const { mutedUntil, archived } = current();
    const until = mutedUntil === null ? null : new Date(mutedUntil);
    return attempt(() =>
      client.arrange(conversationId, { mutedUntil: until, archived, ...change }),
    );
  }

  function onMute() {
    if (isMuted(current())) return arrange({ mutedUntil: null });
    const items = MUTES.map(({ label, testid, ms }) => ({
      label,
      testid,
      act: () => arrange({ mutedUntil: new Date(Date.now() + ms) }),
    }));
    openMenu({ anchor: mute, label: 'For how long', items });
  }

  // Runs an action of the user; what goes wrong is said on top.
  async function attempt(action) {
    setText(notice, '');
    try {
      await action();
    } catch (error) {
      setText(notice, reasonOf(error));
    }
  }

  function createGroupPart() {
    const members = createMembers({ client, store, conversationId, attempt });
    const rename = actionRow('rename-group', () =>
      openRenameGroup({ client, conversation: current() }),
    );
    const add = actionRow('add-members', () => openAddMembers({ client, store, conversationId }));
    const leave = actionRow('leave-group', onLeave);
    setAction(rename, 'pen', 'Rename');
    setAction(add, 'plus', 'Add people');
    setAction(leave, 'exit', 'Leave the group');
    leave.classList.add('danger-text');
    return {
      nodes: [
        rename,
        add,
        el('h3', { class: 'info-heading', text: 'Members' }),
        members.node,
        leave,
      ],
      update({ myRole }) {
        const leads = myRole === 'owner' || myRole === 'admin';
        rename.hidden = add.hidden = !leads;
        members.update();
      },
    };
  }

  function createPersonPart() {
    let user;
    const remove = actionRow('remove-contact', () => onRemove(user));
    const block = actionRow('block', () =>
      attempt(() => toggleBlock({ account: client.account, store, user })),
    );
    remove.classList.add('danger-text');
    block.classList.add('danger-text');
    setAction(remove, 'close', 'Remove from contacts…');
    return {
      nodes: [remove, block],
      update({ peer }) {
        user = peer;
        const name = nameOf(peer);
        remove.hidden = store.contactOf(peer.user_id)?.state !== 'contact';
        const words = store.isBlocked(peer.user_id) ? `Unblock ${name}` : `Block ${name}…`;
        setAction(block, 'stop', words);
      },
    };
  }

  async function onRemove(user) {
    const sure = await askWhether({
      title: `Remove ${nameOf(user)} from your contacts?`,
      text: 'You cannot write to each other until one asks again and the other accepts.',
      yes: 'Remove',
    });
    if (sure) await attempt(() => client.removeContact(user.user_id));
  }

  async function onLeave() {
    const sure = await askWhether({
      title: `Leave “${current().name}”?`,
      text: 'You get no more messages of this group, and it disappears from your list.',
      yes: 'Leave',
    });
    if (sure) await attempt(() => client.groups.leave(conversationId));
  }
}

function actionRow(testid, click) {
  return el('button', { type: 'button', class: 'row action', testid, on: { click } });
}

// Writes only on change: a redraw must not take the focus.
function setAction(row, drawing, words) {
  if (row.textContent !== words) row.replaceChildren(icon(drawing), words);
}

export function countInWords(count) {
  return count === 1 ? '1 member' : `${count} members`;
}

function aboutPeer({ username }, presence) {
  const words = presenceInWords(presence);
  return words ? `@${username} · ${words}` : `@${username}`;
}
