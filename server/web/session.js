// Who is logged in here, and calls in their name. Keeps the tokens, renews the access token once on
// a 401, and says so when the session is over. Knows nothing about conversations or the WebSocket.

import { ApiError, callApi } from './api.js';
import { deviceName } from './device.js';
import { userFromWire } from './wire.js';

// Tokens live in localStorage: a reload and a second tab stay logged in without cookies, hence
// without CSRF. The price is that a script running in this page could read them; the strict CSP, no
// inline code and text-only rendering are what keeps foreign scripts out.
const STORAGE_KEY = 'chat.session';

export class Session {
  #storage;
  #call;
  #current = null;
  #refreshing = null;

  // `onEnded` is called once when the server no longer accepts this session, or another tab left
  // it.
  constructor({ storage = localStorage, call = callApi } = {}) {
    this.#storage = storage;
    this.#call = call;
    this.#current = this.#read();
    this.onEnded = () => {};
  }

  get user() {
    return this.#current?.user ?? null;
  }

  // Errors: ApiError, as the server answers.
  async register({ username, email, password }) {
    await this.#call('POST', '/v1/auth/register', { body: { username, email, password } });
    await this.logIn({ name: username, password });
  }

  // `name` is a username or an e-mail address; only the latter has an @.
  async logIn({ name, password }) {
    const who = name.includes('@') ? { email: name } : { username: name };
    const body = { ...who, password, device_name: deviceName() };
    const answer = await this.#call('POST', '/v1/auth/login', { body });
    this.#keep({
      user: userFromWire(answer.user),
      access_token: answer.access_token,
      refresh_token: answer.refresh_token,
    });
  }

  // There is no account any more that this session could be of.
  forget() {
    this.#forget();
  }

  // Leaves this device logged out even when the server cannot be told.
  async logOut() {
    const token = this.#current?.access_token;
    this.#forget();
    if (!token) return;
    await this.#call('POST', '/v1/auth/logout', { token }).catch(() => {});
  }

  // A call in the user's name. Errors: ApiError; a 401 means that the session is over.
  async call(method, path, body) {
    const token = this.#accessToken();
    try {
      return await this.#call(method, path, { body, token });
    } catch (error) {
      if (error.status !== 401 || isAboutPassword(error)) throw error;
    }
    await this.#refresh(token);
    return this.#call(method, path, { body, token: this.#accessToken() }).catch((error) => {
      if (error.status === 401 && !isAboutPassword(error)) this.end();
      throw error;
    });
  }

  // The user is called something else from now on.
  renamed(user) {
    if (this.#current) this.#keep({ ...this.#current, user });
  }

  // A single-use ticket for one WebSocket.
  async ticket() {
    return (await this.call('POST', '/v1/auth/otp')).otp;
  }

  // The server said that this session is no more.
  end() {
    if (!this.#current) return;
    this.#forget();
    this.onEnded();
  }

  // Another tab wrote the storage: it renewed the tokens, logged out, or logged somebody else in.
  adoptStored() {
    const stored = this.#read();
    const same = stored && stored.user.user_id === this.user?.user_id;
    if (same) this.#current = stored;
    else if (this.#current) {
      this.#current = null;
      this.onEnded();
    }
  }

  #accessToken() {
    if (this.#current) return this.#current.access_token;
    throw new ApiError({ status: 401, code: 'unauthenticated', detail: 'You are logged out.' });
  }

  #refresh(usedToken) {
    this.#refreshing ??= alone(() => this.#renewTokens(usedToken)).finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #renewTokens(usedToken) {
    this.adoptStored();
    // Another tab, or a call just before this one, has renewed them already.
    if (this.#accessToken() !== usedToken) return;
    const body = { refresh_token: this.#current.refresh_token };
    try {
      const fresh = await this.#call('POST', '/v1/auth/token', { body });
      if (!this.#current) return;
      const { access_token, refresh_token } = fresh;
      this.#keep({ ...this.#current, access_token, refresh_token });
    } catch (error) {
      if (error.status === 401) this.end();
      throw error;
    }
  }

  #keep(session) {
    this.#current = session;
    this.#storage.setItem(STORAGE_KEY, JSON.stringify(session));
  }

  #forget() {
    this.#current = null;
    this.#storage.removeItem(STORAGE_KEY);
  }

  #read() {
    try {
      return JSON.parse(this.#storage.getItem(STORAGE_KEY));
    } catch {
      return null;
    }
  }
}

// The password in the request was wrong, which says nothing about the session.
function isAboutPassword({ code }) {
  return code === 'bad_credentials';
}

// One tab at a time renews: two that used the same refresh token later than the server's tolerance
// would look like a theft. Browsers have locks on https and localhost only; elsewhere the tolerance
// has to do.
function alone(work) {
  const locks = globalThis.navigator?.locks;
  return locks ? locks.request('chat.refresh', work) : work();
}
