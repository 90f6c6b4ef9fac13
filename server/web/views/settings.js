// The page about oneself: name, notifications, devices, password, whom one blocks, and the way out.

import { el, icon, reconcile, setText } from '../dom.js';
import { hrefOf } from '../route.js';
import { nameOf } from '../wire.js';
import { createCard, createCardForm } from './card.js';
import { createDevices } from './devices.js';
import { createField, openForm } from './dialog.js';
import { createAvatar } from './people.js';
import { reasonOf } from './words.js';

const NAME_MAX = 64;
const PASSWORD_MIN = 8;

// `onLogOut()`: leave; `onErased()`: the account is no more.
export function createSettings({ client, store, notifier, onLogOut, onErased }) {
  const { account } = client;
  const back = el(
    'a',
    { class: 'ghost back', testid: 'back', 'aria-label': 'Back', href: hrefOf({ list: 'chats' }) },
    icon('back'),
  );
  const title = el('h2', { text: 'Settings', tabindex: -1 });
  const blocked = createBlocked({ account, store });
  const parts = [
    createProfile({ account, store }),
    createNotifications({ notifier }),
    createDevices({ account }),
    createPassword({ account }),
    blocked,
    createEnd({ client, store, onLogOut, onErased }),
  ];
  const node = el(
    'div',
    { class: 'settings', testid: 'settings' },
    el('header', { class: 'chat-header' }, back, title),
    el('div', { class: 'settings-body' }, ...parts.map((part) => part.node)),
  );
  return {
    node,
    update: () => blocked.update(),
    opened: () => title.focus(),
    cameBack() {},
    dispose() {},
  };
}

function createProfile({ account, store }) {
  const avatar = createAvatar();
  avatar.update(store.me);
  const about = el('p', { class: 'quiet', testid: 'about-me', text: `@${store.me.username}` });
  account.read().then(
    ({ username, email }) => setText(about, `@${username} · ${email}`),
    // Then it shows what is known without the server.
    () => {},
  );
  const name = createField({
    label: 'Name that others see',
    testid: 'display-name',
    required: true,
    maxlength: NAME_MAX,
    autocomplete: 'name',
    value: nameOf(store.me),
  });
  const form = createCardForm({
    testid: 'save-name',
    fields: [name.node],
    submit: 'Save',
    done: 'Saved.',
    act: async () => {
      await account.rename(name.input.value.trim());
      avatar.update(store.me);
    },
  });
  const top = el('div', { class: 'profile' }, avatar.node, about);
  return { node: createCard('Profile', 'profile', top, form) };
}

function createNotifications({ notifier }) {
  const box = el('input', { type: 'checkbox', testid: 'notifications', on: { change: onChange } });
  const hint = el('p', { class: 'quiet' });
  const label = el('label', { class: 'switch-row' }, 'Tell me of new messages', box);
  show();
  return { node: createCard('Notifications', 'notification-settings', label, hint) };

  async function onChange() {
    if (box.checked) await notifier.turnOn();
    else notifier.turnOff();
    show();
  }

  function show() {
    box.checked = notifier.state === 'on';
    box.disabled = notifier.state === 'impossible';
    setText(
      hint,
      box.disabled
        ? 'This browser does not allow notifications of this page.'
        : 'On this device, while this page is in the background.',
    );
  }
}

function createPassword({ account }) {
  const password = (label, testid, autocomplete, rest = {}) =>
    createField({ label, testid, type: 'password', required: true, autocomplete, ...rest });
  const old = password('Current password', 'old-password', 'current-password');
  const fresh = password('New password', 'new-password', 'new-password', {
    minlength: PASSWORD_MIN,
    hint: 'At least 8 characters',
  });
  const form = createCardForm({
    testid: 'change-password',
    fields: [old.node, fresh.node],
    submit: 'Change password',
    done: 'Changed. All other devices have been logged out.',
    explain: (error) => reasonOf(error, { bad_credentials: 'The current password is not right.' }),
    act: async () => {
      await account.changePassword(old.input.value, fresh.input.value);
      old.input.value = fresh.input.value = '';
    },
  });
  return { node: createCard('Password', 'password-settings', form) };
}

function createBlocked({ account, store }) {
  const list = el('ul', { class: 'rows', testid: 'blocked' });
  const none = el('p', { class: 'quiet', text: 'You block nobody.' });
  return {
    node: createCard('Blocked people', 'blocked-people', none, list),
    update() {
      const blocked = store.blocked();
      none.hidden = blocked.length > 0;
      reconcile(list, blocked, { keyOf: ({ user_id: id }) => id, create: createRow });
    },
  };

  function createRow() {
    const avatar = createAvatar();
    const name = el('span', { class: 'row-name row-body' });
    let userId;
    const unblock = el('button', {
      type: 'button',
      testid: 'unblock',
      text: 'Unblock',
      // What fails stays in the list.
      on: { click: () => account.unblock(userId).catch(() => {}) },
    });
    return {
      node: el('li', { class: 'row' }, avatar.node, name, unblock),
      update(user) {
        userId = user.user_id;
        unblock.dataset.name = user.username;
        unblock.setAttribute('aria-label', `Unblock ${nameOf(user)}`);
        avatar.update(user);
        setText(name, nameOf(user));
      },
    };
  }
}

function createEnd({ client, store, onLogOut, onErased }) {
  const button = (text, testid, click, kind = '') =>
    el('button', { type: 'button', class: kind, testid, text, on: { click } });
  const logOut = button('Log out', 'log-out', onLogOut);
  const erase = button('Delete my account…', 'delete-account', onDelete, 'danger-text');
  return {
    node: createCard('Leaving', 'leaving', el('div', { class: 'buttons' }, logOut, erase)),
  };

  function onDelete() {
    const { username } = store.me;
    const check = createField({
      label: `Type “${username}” to confirm`,
      testid: 'confirm-username',
      required: true,
      autocomplete: 'off',
      autocapitalize: 'none',
      spellcheck: 'false',
    });
    openForm({
      title: 'Delete my account',
      testid: 'delete-form',
      fields: [
        el('p', {
          class: 'quiet spaced',
          text:
            'Your contacts, devices and settings are erased at once, and nobody can bring them ' +
            'back. What you wrote to others stays with them, without your name.',
        }),
        check.node,
      ],
      submit: 'Delete for ever',
      danger: true,
      explain: reasonOf,
      act: async () => {
        if (check.input.value.trim() !== username) throw new Error('This is not your username.');
        await client.erase();
        onErased();
      },
    });
  }
}
