// What a user does with a group: make it, and change who is in it and as what. The entries that
// come of it arrive like everybody else's; here is only the asking. Errors: ApiError.

import { cursorParameter, readPages } from './api.js';
import { userFromWire } from './wire.js';

const MEMBERS_PER_PAGE = 200;

export class Groups {
  #call;
  #store;

  constructor({ call, store }) {
    this.#call = call;
    this.#store = store;
  }

  // The id of the new group.
  async create(name, memberIds) {
    const body = { kind: 'group', name, member_ids: memberIds };
    const { conversation } = await this.#call('POST', '/v1/conversations', body);
    return this.#store.putConversation(conversation).conversation_id;
  }

  async readMembers(id) {
    const path = `${pathOf(id)}/members?limit=${MEMBERS_PER_PAGE}`;
    const members = await readPages(
      (cursor) => this.#call('GET', path + cursorParameter(cursor)),
      'members',
    );
    this.#store.replaceMembers(id, members);
  }

  async rename(id, name) {
    const { conversation } = await this.#call('PATCH', pathOf(id), { name });
    this.#store.putConversation(conversation);
  }

  async add(id, userIds) {
    await this.#call('POST', `${pathOf(id)}/members`, { user_ids: userIds });
    await this.readMembers(id);
  }

  async remove(id, userId) {
    await this.#call('DELETE', `${pathOf(id)}/members/${userId}`);
    await this.readMembers(id);
  }

  async changeRole(id, userId, role) {
    await this.#call('PATCH', `${pathOf(id)}/members/${userId}`, { role });
    await this.readMembers(id);
  }

  // Users who have read an entry.
  async readersOf(id, seq) {
    const path = `${pathOf(id)}/messages/${seq}/readers?limit=${MEMBERS_PER_PAGE}`;
    const readPage = (cursor) => this.#call('GET', path + cursorParameter(cursor));
    return (await readPages(readPage, 'readers')).map(({ user }) => userFromWire(user));
  }

  // There is an owner at every moment: for the time between the two calls there are two.
  async transfer(id, userId) {
    await this.#call('PATCH', `${pathOf(id)}/members/${userId}`, { role: 'owner' });
    await this.changeRole(id, this.#store.me.user_id, 'admin');
  }

  async leave(id) {
    await this.#call('DELETE', `${pathOf(id)}/members/${this.#store.me.user_id}`);
    this.#store.dropConversation(id);
  }
}

function pathOf(conversationId) {
  return `/v1/conversations/${conversationId}`;
}
