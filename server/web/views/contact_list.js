// Contacts: add somebody, answer requests, take one's own back, and start talking.

import { el, icon, reconcile, setText } from '../dom.js';
import { nameOf } from '../wire.js';
import { createAvatar, presenceInWords } from './people.js';

const MESSAGES = {
  not_found: 'There is nobody with this username.',
  already_contacts: 'You are contacts already.',
  cannot_add_self: 'This is your own username.',
};

// `onOpen(userId)` is called to talk to a contact.
export function createContactList({ client, store, onOpen }) {
  const notice = el('p', { class: 'notice', role: 'status', testid: 'contact-notice' });
  const requests = section('Requests', 'requests', () => requestRow({ attempt, client }));
  const contacts = section('Contacts', 'contacts', () => contactRow({ store, onOpen, attempt }));
  const asked = section('Waiting for an answer', 'asked', () => askedRow({ attempt, client }));
  const empty = el(
    'div',
    { class: 'empty' },
    el('p', { text: 'No contacts yet.' }),
    el('p', { class: 'quiet', text: 'Add somebody by username. They accept, and you can talk.' }),
  );
  const form = createAddForm({ client, attempt, tell });
  const sections = [requests, contacts, asked];
  return {
    node: el(
      'section',
      { class: 'list' },
      form,
      notice,
      ...sections.map(({ node }) => node),
      empty,
    ),
    update() {
      requests.update(store.contacts('requesting'));
      contacts.update(store.contacts('contact'));
      asked.update(store.contacts('requested'));
      empty.hidden = !store.loaded || sections.some(({ node }) => !node.hidden);
    },
  };

  function tell(text, kind) {
    setText(notice, text);
    notice.dataset.kind = kind;
  }

  // Runs an action of the user; what goes wrong is said above the list. Returns whether it went
  // well.
  async function attempt(action) {
    tell('', 'none');
    try {
      await action();
      return true;
    } catch (error) {
      tell(MESSAGES[error.code] ?? error.message, 'error');
      return false;
    }
  }
}

function createAddForm({ client, attempt, tell }) {
  const input = el('input', {
    id: 'add-contact',
    testid: 'add-contact',
    placeholder: 'Add by username',
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    maxlength: 32,
    required: true,
  });
  const onSubmit = async (event) => {
    event.preventDefault();
    const username = input.value.trim().replace(/^@/, '').toLowerCase();
    if (username === '') return;
    let contact;
    if (!(await attempt(async () => (contact = await client.addContact(username))))) return;
    input.value = '';
    tell(
      contact.state === 'contact'
        ? `You and ${username} are contacts now.`
        : `${username} has been asked.`,
      'done',
    );
  };
  return el(
    'form',
    { class: 'add-contact', on: { submit: onSubmit } },
    el('label', {
      for: 'add-contact',
      class: 'visually-hidden',
      text: 'Add a contact by username',
    }),
    input,
    el('button', { type: 'submit', class: 'primary', testid: 'add-contact-submit', text: 'Add' }),
  );
}

function section(title, testid, create) {
  const id = `section-${testid}`;
  const rows = el('ul', { class: 'rows', testid, 'aria-labelledby': id });
  const node = el('div', { class: 'section' }, el('h2', { id, text: title }), rows);
  return {
    node,
    update(contacts) {
      node.hidden = contacts.length === 0;
      reconcile(rows, contacts, { keyOf: ({ user }) => user.user_id, create });
    },
  };
}

function contactRow({ store, onOpen, attempt }) {
  const person = createPerson();
  let userId;
  const open = el(
    'button',
    {
      type: 'button',
      class: 'row',
      testid: 'contact',
      on: { click: () => attempt(() => onOpen(userId)) },
    },
    ...person.nodes,
  );
  return {
    node: el('li', {}, open),
    update({ user }) {
      userId = user.user_id;
      const presence = store.presenceOf(userId);
      open.dataset.name = user.username;
      person.update(user, presence, presenceInWords(presence) || `@${user.username}`);
    },
  };
}

function requestRow({ attempt, client }) {
  const person = createPerson();
  let userId;
  const accept = el('button', {
    type: 'button',
    class: 'primary',
    testid: 'accept',
    text: 'Accept',
    on: { click: () => attempt(() => client.acceptContact(userId)) },
  });
  const refuse = el('button', {
    type: 'button',
    testid: 'refuse',
    text: 'Refuse',
    on: { click: () => attempt(() => client.removeContact(userId)) },
  });
  const row = el('div', { class: 'row', testid: 'request' }, ...person.nodes);
  return {
    node: el('li', { class: 'request' }, row, el('div', { class: 'answers' }, accept, refuse)),
    update({ user }) {
      userId = user.user_id;
      row.dataset.name = user.username;
      accept.setAttribute('aria-label', `Accept ${nameOf(user)}`);
      refuse.setAttribute('aria-label', `Refuse ${nameOf(user)}`);
      person.update(user, null, 'wants to talk to you');
    },
  };
}

function askedRow({ attempt, client }) {
  const person = createPerson();
  let userId;
  const cancel = el(
    'button',
    {
      type: 'button',
      class: 'ghost',
      testid: 'cancel-request',
      title: 'Take the request back',
      on: { click: () => attempt(() => client.removeContact(userId)) },
    },
    icon('close'),
  );
  const row = el('div', { class: 'row', testid: 'asked-contact' }, ...person.nodes, cancel);
  return {
    node: el('li', {}, row),
    update({ user }) {
      userId = user.user_id;
      row.dataset.name = user.username;
      cancel.setAttribute('aria-label', `Take the request to ${nameOf(user)} back`);
      person.update(user, null, `@${user.username}`);
    },
  };
}

function createPerson() {
  const avatar = createAvatar();
  const name = el('span', { class: 'row-name' });
  const line = el('span', { class: 'row-preview', testid: 'contact-line' });
  const body = el(
    'span',
    { class: 'row-body' },
    el('span', { class: 'row-line' }, name),
    el('span', { class: 'row-line' }, line),
  );
  return {
    nodes: [avatar.node, body],
    update(user, presence, text) {
      avatar.update(user, presence);
      setText(name, nameOf(user));
      setText(line, text);
    },
  };
}
