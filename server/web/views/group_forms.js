// The windows in which a group is made, renamed and enlarged.

import { createField, openForm } from './dialog.js';
import { createPersonPicker } from './person_picker.js';
import { reasonOf } from './words.js';

const NAME_MAX = 100;

// `onCreated(conversationId)`.
export function openNewGroup({ client, store, onCreated }) {
  const name = groupName('');
  const people = store.contacts('contact').map(({ user }) => user);
  const picker = createPersonPicker({ people, label: 'Who is in it', onChange: () => {} });
  openForm({
    title: 'New group',
    testid: 'new-group-form',
    fields: [name.node, picker.node],
    submit: 'Create group',
    act: async () =>
      onCreated(await client.groups.create(name.input.value.trim(), picker.chosen())),
    explain: reasonOf,
  });
}

export function openRenameGroup({ client, conversation }) {
  const name = groupName(conversation.name);
  openForm({
    title: 'Rename the group',
    testid: 'rename-form',
    fields: [name.node],
    submit: 'Rename',
    act: () => client.groups.rename(conversation.conversation_id, name.input.value.trim()),
    explain: reasonOf,
  });
  name.input.select();
}

export function openAddMembers({ client, store, conversationId }) {
  const members = new Set(store.membersOf(conversationId)?.map(({ user }) => user.user_id));
  const people = store
    .contacts('contact')
    .map(({ user }) => user)
    .filter(({ user_id: id }) => !members.has(id));
  const picker = createPersonPicker({
    people,
    label: 'Your contacts who are not in it yet',
    onChange: (count) => form.enable(count > 0),
  });
  const form = openForm({
    title: 'Add people',
    testid: 'add-members-form',
    fields: [picker.node],
    submit: 'Add',
    act: () => client.groups.add(conversationId, picker.chosen()),
    explain: reasonOf,
  });
  form.enable(false);
}

function groupName(value) {
  return createField({
    label: 'Name of the group',
    testid: 'group-name',
    required: true,
    maxlength: NAME_MAX,
    autocomplete: 'off',
    pattern: '.*\\S.*',
    title: 'A name that is not empty',
    value,
  });
}
