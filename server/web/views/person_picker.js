// Choosing some of several people, each with a checkbox.

import { el, reconcile, setText } from '../dom.js';
import { nameOf } from '../wire.js';
import { createAvatar } from './people.js';

// More than this many are looked for by name.
const FILTER_FROM = 8;

// `people` are users. `onChange(count)` is called with how many are chosen.
export function createPersonPicker({ people, label, onChange }) {
  const chosen = new Set();
  const filter = el('input', {
    type: 'search',
    testid: 'filter-people',
    placeholder: 'Find by name',
    'aria-label': 'Find by name',
    on: { input: show },
  });
  filter.hidden = people.length < FILTER_FROM;
  const list = el('ul', { class: 'picker-list' });
  const none = el('p', { class: 'quiet picker-none', text: 'Nobody to choose from.' });
  const node = el(
    'fieldset',
    { class: 'picker' },
    el('legend', { text: label }),
    filter,
    list,
    none,
  );
  show();
  return { node, chosen: () => [...chosen] };

  function show() {
    const words = filter.value.trim().toLowerCase();
    const shown = people.filter(({ username, display_name: name }) =>
      `${name} ${username}`.toLowerCase().includes(words),
    );
    reconcile(list, shown, { keyOf: ({ user_id: id }) => id, create: () => createRow(choose) });
    none.hidden = shown.length > 0;
  }

  function choose(userId, on) {
    if (on) chosen.add(userId);
    else chosen.delete(userId);
    onChange(chosen.size);
  }
}

function createRow(choose) {
  const avatar = createAvatar();
  const name = el('span', { class: 'row-name' });
  const username = el('span', { class: 'row-preview' });
  let userId;
  const box = el('input', {
    type: 'checkbox',
    testid: 'pick',
    on: { change: () => choose(userId, box.checked) },
  });
  const node = el(
    'li',
    {},
    el(
      'label',
      { class: 'row pick-row' },
      avatar.node,
      el('span', { class: 'row-body' }, name, username),
      box,
    ),
  );
  return {
    node,
    update(user) {
      userId = user.user_id;
      box.dataset.name = user.username;
      avatar.update(user);
      setText(name, nameOf(user));
      setText(username, `@${user.username}`);
    },
  };
}
