import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ApiError } from './api.js';
import { Session } from './session.js';
import { MemoryStorage } from './test_world.mjs';

const USER = { user_id: '7', username: 'ann', display_name: 'ann' };

let storage;
let calls;
let server;

beforeEach(() => {
  storage = new MemoryStorage();
  calls = [];
  server = { access: 'a1', refresh: 'r1', renewals: 0, revoked: false };
});

async function call(method, path, { body, token } = {}) {
  calls.push(`${method} ${path}`);
  if (path === '/v1/auth/login') {
    return { user: USER, access_token: server.access, refresh_token: server.refresh };
  }
  if (path === '/v1/auth/token') return renew(body);
  if (token !== server.access) throw new ApiError({ status: 401, code: 'unauthenticated' });
  return { otp: 'ticket' };
}

function renew({ refresh_token }) {
  if (server.revoked || refresh_token !== server.refresh) {
    throw new ApiError({ status: 401, code: 'refresh_token_reused' });
  }
  ++server.renewals;
  server.access = `a${server.renewals + 1}`;
  server.refresh = `r${server.renewals + 1}`;
  return { access_token: server.access, refresh_token: server.refresh };
}

async function loggedIn() {
  const session = new Session({ storage, call });
  await session.logIn({ name: 'ann', password: 'x' });
  return session;
}

test('survives a reload', async () => {
  await loggedIn();
  assert.equal(new Session({ storage, call }).user.username, 'ann');
});

test('renews an expired access token once and repeats the call', async () => {
  const session = await loggedIn();
  server.access = 'expired';
  assert.equal(await session.ticket(), 'ticket');
  assert.equal(server.renewals, 1);
});

test('calls that fail together renew together', async () => {
  const session = await loggedIn();
  server.access = 'expired';
  await Promise.all([session.ticket(), session.ticket(), session.ticket()]);
  assert.equal(server.renewals, 1);
});

test('uses the tokens that another tab has renewed', async () => {
  const session = await loggedIn();
  const otherTab = new Session({ storage, call });
  server.access = 'expired';
  await otherTab.ticket();
  assert.equal(await session.ticket(), 'ticket');
  assert.equal(server.renewals, 1);
});

test('ends when the refresh token is refused, and says so once', async () => {
  const session = await loggedIn();
  let endings = 0;
  session.onEnded = () => ++endings;
  server.access = 'expired';
  server.revoked = true;
  await assert.rejects(session.ticket(), { status: 401 });
  await assert.rejects(session.ticket(), { status: 401 });
  assert.equal(endings, 1);
  assert.equal(session.user, null);
  assert.equal(storage.length, 0);
});

test('stays logged in when the server cannot be reached', async () => {
  const session = new Session({
    storage,
    call: async (method, path, options) => {
      if (path !== '/v1/auth/token') return call(method, path, options);
      throw new ApiError({ status: 0, code: 'unreachable' });
    },
  });
  await session.logIn({ name: 'ann', password: 'x' });
  server.access = 'expired';
  await assert.rejects(session.ticket(), { code: 'unreachable' });
  assert.equal(session.user.username, 'ann');
});

test('ends when another tab logs out', async () => {
  const session = await loggedIn();
  let endings = 0;
  session.onEnded = () => ++endings;
  await new Session({ storage, call }).logOut();
  session.adoptStored();
  assert.equal(endings, 1);
});

test('a wrong password in a call says nothing about the session', async () => {
  let renewals = 0;
  const session = new Session({
    storage,
    call: async (method, path, options) => {
      if (path === '/v1/auth/token') ++renewals;
      if (path !== '/v1/auth/password') return call(method, path, options);
      throw new ApiError({ status: 401, code: 'bad_credentials' });
    },
  });
  await session.logIn({ name: 'ann', password: 'x' });
  await assert.rejects(session.call('POST', '/v1/auth/password', {}), { code: 'bad_credentials' });
  assert.equal(renewals, 0);
  assert.equal(session.user.username, 'ann');
});
