// What is to be known about the open conversation, beside it or, on a narrow screen, over it: a
// group's members, or the other one.

import { el, icon, setText } from '../dom.js';
import { nameOf } from '../wire.js';
import { toggleBlock } from './blocking.js';
import { titleOf } from './conversation_list.js';
import { askWhether } from './dialog.js';
import { openAddMembers, openRenameGroup } from './group_forms.js';
import { createMembers } from './members.js';
import { createAvatar, presenceInWords } from './people.js';
import { reasonOf } from './words.js';

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
      ...part.nodes,
    ),
  );
  return { node, update, focus: () => close.focus() };

  function update() {
    const conversation = store.conversation(conversationId);
    const title = titleOf(conversation);
    const presence = conversation.peer ? store.presenceOf(title.user_id) : null;
    close.href = closeHref();
    avatar.update(title, presence);
    setText(name, nameOf(title));
    setText(line, group ? countInWords(conversation.membersCount) : aboutPeer(title, presence));
    part.update(conversation);
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
    const button = (text, testid, drawing, click) =>
      el('button', { type: 'button', class: 'row action', testid, on: { click } }, icon(drawing), text);
    const rename = button('Rename', 'rename-group', 'pen', () =>
      openRenameGroup({ client, conversation: store.conversation(conversationId) }),
    );
    const add = button('Add people', 'add-members', 'plus', () =>
      openAddMembers({ client, store, conversationId }),
    );
    const leave = button('Leave the group', 'leave-group', 'exit', onLeave);
    leave.classList.add('danger-text');
    return {
      nodes: [rename, add, el('h3', { class: 'info-heading', text: 'Members' }), members.node, leave],
      update({ myRole }) {
        const leads = myRole === 'owner' || myRole === 'admin';
        rename.hidden = add.hidden = !leads;
        members.update();
      },
    };
  }

  function createPersonPart() {
    const block = el('button', {
      type: 'button',
      class: 'row action danger-text',
      testid: 'block',
      on: { click: () => attempt(() => toggleBlock({ account: client.account, store, user })) },
    });
    let user;
    return {
      nodes: [block],
      update({ peer }) {
        user = peer;
        const words = store.isBlocked(peer.user_id) ? `Unblock ${nameOf(peer)}` : `Block ${nameOf(peer)}…`;
        block.hidden = peer.user_id === store.me.user_id;
        if (block.textContent !== words) block.replaceChildren(icon('stop'), words);
      },
    };
  }

  async function onLeave() {
    const sure = await askWhether({
      title: `Leave “${store.conversation(conversationId).name}”?`,
      text: 'You get no more messages of this group, and it disappears from your list.',
      yes: 'Leave',
    });
    if (sure) await attempt(() => client.groups.leave(conversationId));
  }
}

export function countInWords(count) {
  return count === 1 ? '1 member' : `${count} members`;
}

function aboutPeer({ username }, presence) {
  const words = presenceInWords(presence);
  return words ? `@${username} · ${words}` : `@${username}`;
}
