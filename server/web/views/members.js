// Who is in a group, as what, and what one may do about it.

import { el, icon, reconcile, setText } from '../dom.js';
import { nameOf } from '../wire.js';
import { toggleBlock } from './blocking.js';
import { askWhether } from './dialog.js';
import { openMenu } from './menu.js';
import { createAvatar, presenceInWords } from './people.js';
import { ROLES } from './words.js';

const RANKS = ['owner', 'admin', 'member'];

// `attempt(action)` runs what the user asked for and tells what went wrong.
export function createMembers({ client, store, conversationId, attempt }) {
  const list = el('ul', { class: 'rows', testid: 'members', 'aria-label': 'Members' });
  return {
    node: list,
    update() {
      const members = (store.membersOf(conversationId) ?? []).sort(byRankAndName);
      reconcile(list, members, { keyOf: ({ user }) => user.user_id, create: createRow });
    },
  };

  function createRow() {
    const avatar = createAvatar();
    const name = el('span', { class: 'row-name' });
    const role = el('span', { class: 'role', testid: 'role' });
    const line = el('span', { class: 'row-preview' });
    let member;
    const more = el(
      'button',
      {
        type: 'button',
        class: 'ghost',
        testid: 'member-menu',
        'aria-haspopup': 'menu',
        'aria-expanded': 'false',
        on: { click: () => openActions(more, member) },
      },
      icon('more'),
    );
    const row = el(
      'div',
      { class: 'row', testid: 'member' },
      avatar.node,
      el(
        'span',
        { class: 'row-body' },
        el('span', { class: 'row-line' }, name, role),
        el('span', { class: 'row-line' }, line),
      ),
      more,
    );
    return {
      node: el('li', {}, row),
      update(current) {
        member = current;
        const { user } = member;
        const me = user.user_id === store.me.user_id;
        const presence = store.presenceOf(user.user_id);
        row.dataset.name = user.username;
        row.dataset.role = member.role;
        avatar.update(user, me ? null : presence);
        setText(name, me ? `${nameOf(user)} (you)` : nameOf(user));
        setText(role, member.role === 'member' ? '' : (ROLES[member.role] ?? member.role));
        setText(line, (me ? '' : presenceInWords(presence)) || `@${user.username}`);
        more.setAttribute('aria-label', `What to do about ${nameOf(user)}`);
        more.hidden = actionsFor(member).length === 0;
      },
    };
  }

  function openActions(anchor, member) {
    const label = `What to do about ${nameOf(member.user)}`;
    openMenu({ anchor, label, items: actionsFor(member) });
  }

  function actionsFor({ user, role }) {
    const myRole = store.conversation(conversationId)?.myRole;
    const { groups } = client;
    if (user.user_id === store.me.user_id) return [];
    const become = (to, label) => ({
      label,
      testid: `make-${to}`,
      act: () => attempt(() => groups.changeRole(conversationId, user.user_id, to)),
    });
    const actions = [];
    if (myRole === 'owner') {
      if (role !== 'admin') actions.push(become('admin', 'Make admin'));
      if (role !== 'member') actions.push(become('member', 'Make member'));
      if (role !== 'owner') actions.push(transferTo(user));
    }
    actions.push({
      label: store.isBlocked(user.user_id) ? 'Unblock' : 'Block…',
      testid: 'block-member',
      act: () => attempt(() => toggleBlock({ account: client.account, store, user })),
    });
    if (myRole === 'owner' || (myRole === 'admin' && role === 'member'))
      actions.push(removal(user));
    return actions;
  }

  function transferTo(user) {
    const act = async () => {
      const sure = await askWhether({
        title: `Make ${nameOf(user)} the owner?`,
        text: 'They can then do everything in this group. You become an admin.',
        yes: 'Transfer ownership',
      });
      if (sure) await attempt(() => client.groups.transfer(conversationId, user.user_id));
    };
    return { label: 'Transfer ownership…', testid: 'transfer', act };
  }

  function removal(user) {
    const act = async () => {
      const sure = await askWhether({
        title: `Remove ${nameOf(user)}?`,
        text: 'They get no more messages of this group. What they wrote stays.',
        yes: 'Remove',
      });
      if (sure) await attempt(() => client.groups.remove(conversationId, user.user_id));
    };
    return { label: 'Remove from the group…', testid: 'remove-member', danger: true, act };
  }
}

function byRankAndName(a, b) {
  const rank = RANKS.indexOf(a.role) - RANKS.indexOf(b.role);
  return rank || nameOf(a.user).localeCompare(nameOf(b.user));
}
