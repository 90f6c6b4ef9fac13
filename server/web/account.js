// What a user does with their own account: name, password, devices, whom they block, and its end.
// Errors: ApiError.

import { cursorParameter, readPages } from './api.js';
import { userFromWire } from './wire.js';

const LIST_ITEMS = 200;

export class Account {
  #session;
  #store;

  constructor({ session, store }) {
    this.#session = session;
    this.#store = store;
  }

  // The user as they see themselves, with the e-mail address.
  async read() {
    return userFromWire((await this.#session.call('GET', '/v1/users/me')).user);
  }

  async rename(displayName) {
    const body = { display_name: displayName };
    const { user } = await this.#session.call('PATCH', '/v1/users/me', body);
    this.#session.renamed(userFromWire(user));
    this.#store.setMe(this.#session.user);
  }

  // All other devices are logged out by it.
  async changePassword(oldPassword, newPassword) {
    const body = { old_password: oldPassword, new_password: newPassword };
    await this.#session.call('POST', '/v1/auth/password', body);
  }

  // The one that asks first, then the last used.
  async devices() {
    const path = `/v1/auth/sessions?limit=${LIST_ITEMS}`;
    const readPage = (cursor) => this.#session.call('GET', path + cursorParameter(cursor));
    const sessions = await readPages(readPage, 'sessions');
    return sessions.sort(
      (a, b) => b.current - a.current || b.last_used_at.localeCompare(a.last_used_at),
    );
  }

  async logOutDevice(sessionId) {
    await this.#session.call('DELETE', `/v1/auth/sessions/${sessionId}`);
  }

  async logOutOtherDevices() {
    await this.#session.call('DELETE', '/v1/auth/sessions?except=current');
  }

  async block(user) {
    await this.#session.call('PUT', `/v1/blocks/${user.user_id}`);
    this.#store.putBlock(user);
  }

  async unblock(userId) {
    await this.#session.call('DELETE', `/v1/blocks/${userId}`);
    this.#store.dropBlock(userId);
  }

  async erase() {
    await this.#session.call('DELETE', '/v1/users/me');
  }
}
