import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from './api.js';
import { Connection } from './socket.js';
import { settled, World } from './test_world.mjs';

const WELCOME = { welcome: { heartbeat_interval_ms: 5000, heartbeat_timeout_ms: 30_000 } };

function create({ takeTicket = async () => 'ticket' } = {}) {
  const world = new World();
  const connection = new Connection({ takeTicket, world });
  const phases = [];
  const frames = [];
  let ended = 0;
  connection.onPhase = (phase) => phases.push(phase);
  connection.onFrame = (body, content, ref) => frames.push({ body, content, ref });
  connection.onSessionEnded = () => ++ended;
  return { world, connection, phases, frames, endings: () => ended };
}

async function live(options) {
  const made = create(options);
  made.connection.start();
  await settled();
  made.world.socket.says(WELCOME);
  return made;
}

test('takes a fresh ticket for each attempt and is live with the welcome', async () => {
  let tickets = 0;
  const { world, connection, phases } = await live({ takeTicket: async () => `t${++tickets}` });
  assert.equal(world.socket.ticket, 't1');
  assert.equal(connection.phase, 'live');
  world.socket.ends(1006);
  await world.pass(500);
  assert.equal(world.socket.ticket, 't2');
  assert.deepEqual(phases, ['connecting', 'live', 'waiting', 'connecting']);
});

test('hands over frames with their ref', async () => {
  const { world, frames } = await live();
  world.socket.says({ ref: 7, ack: { seq: '1' } });
  assert.deepEqual(frames, [{ body: 'ack', content: { seq: '1' }, ref: 7 }]);
});

test('beats at the interval that the server asked for', async () => {
  const { world } = await live();
  await world.pass(5000);
  assert.deepEqual(world.socket.sent, [{ heartbeat: {} }]);
});

test('reconnects when no frame came for the heartbeat timeout', async () => {
  const { world, connection } = await live();
  const silent = world.socket;
  await world.pass(30_000);
  assert.equal(connection.phase, 'live');
  await world.pass(5000);
  assert.notEqual(connection.phase, 'live');
  assert.equal(silent.closedWith, 1000);
});

test('any frame keeps the connection', async () => {
  const { world, connection } = await live();
  await world.pass(25_000);
  world.socket.says({ heartbeat_ack: {} });
  await world.pass(25_000);
  assert.equal(connection.phase, 'live');
});

// Resolves to how long it took to try again.
async function failsOnce(world) {
  const before = world.now();
  const count = world.sockets.length;
  world.socket.ends(1006);
  while (world.sockets.length === count) await world.pass(500);
  return world.now() - before;
}

test('doubles the longest wait with each failure, up to half a minute', async () => {
  const { world, connection } = create();
  connection.start();
  await settled();
  const waits = [];
  for (let attempt = 0; attempt < 9; ++attempt) waits.push(await failsOnce(world));
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

test('starts again with short waits after a minute live', async () => {
  const { world } = await live();
  for (let failure = 0; failure < 4; ++failure) await failsOnce(world);
  world.socket.says(WELCOME);
  for (let second = 0; second < 60; ++second) {
    await world.pass(1000);
    world.socket.says({ heartbeat_ack: {} });
  }
  assert.equal(await failsOnce(world), 500);
});

test('waits as long as the server says when there is no ticket to be had', async () => {
  let refusals = 0;
  const takeTicket = async () => {
    if (++refusals > 1) return 'ticket';
    throw new ApiError({ status: 503, code: 'unavailable', retryAfterMs: 7000 });
  };
  const { world, connection } = create({ takeTicket });
  world.randomness = 0;
  connection.start();
  await settled();
  await world.pass(6999);
  assert.equal(world.sockets.length, 0);
  await world.pass(1);
  assert.equal(world.sockets.length, 1);
});

test('leaves a draining server when it was told to, and not before', async () => {
  const { world, connection } = await live();
  world.randomness = 0;
  world.socket.says({ go_away: { reconnect_after_ms: 3000 } });
  await world.pass(2999);
  assert.equal(connection.phase, 'live');
  await world.pass(1);
  assert.equal(world.sockets.length, 2);
});

test('comes back when it was told to if the draining server closes first', async () => {
  const { world } = await live();
  world.randomness = 0;
  world.socket.says({ go_away: { reconnect_after_ms: 3000 } });
  await world.pass(1000);
  world.socket.ends(1012);
  await world.pass(1999);
  assert.equal(world.sockets.length, 1);
  await world.pass(1);
  assert.equal(world.sockets.length, 2);
});

for (const code of [4001, 4002]) {
  test(`close code ${code} ends the session and stays away`, async () => {
    const { world, connection, endings } = await live();
    world.socket.ends(code);
    await world.pass(120_000);
    assert.equal(endings(), 1);
    assert.equal(connection.phase, 'idle');
    assert.equal(world.sockets.length, 1);
  });
}

test('a ticket refused with 401 ends the session', async () => {
  const takeTicket = async () => {
    throw new ApiError({ status: 401, code: 'unauthenticated' });
  };
  const { connection, endings } = create({ takeTicket });
  connection.start();
  await settled();
  assert.equal(endings(), 1);
  assert.equal(connection.phase, 'idle');
});

test('close code 1008 stops until the user asks', async () => {
  const { world, connection } = await live();
  world.socket.ends(1008);
  await world.pass(120_000);
  assert.equal(connection.phase, 'refused');
  assert.equal(world.sockets.length, 1);
  connection.tryNow();
  await settled();
  assert.equal(world.sockets.length, 2);
});

test('gives up on a server that does not welcome', async () => {
  const { world, connection } = create();
  connection.start();
  await settled();
  await world.pass(10_000);
  assert.equal(connection.phase, 'waiting');
  assert.equal(world.socket.closedWith, 1000);
});

test('a ticket that arrives after stop opens nothing', async () => {
  let give;
  const takeTicket = () => new Promise((resolve) => (give = resolve));
  const { world, connection } = create({ takeTicket });
  connection.start();
  connection.stop();
  give('late');
  await settled();
  assert.equal(world.sockets.length, 0);
});
