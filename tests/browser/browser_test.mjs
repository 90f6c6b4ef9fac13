// Two people, two browsers, one server: the story that the web client exists for, in headless
// Chromium against the real binary. Steps build on each other, in order.

import assert from 'node:assert/strict';
import { Person } from './person.mjs';
import { PHONE, PICTURES, Stage } from './stage.mjs';
import { until } from './waiting.mjs';

const EMOJI = 'na\u0131ve 🌱 👩‍👩‍👧 \u202ertl\u202c שלום';
const MARKUP = '<img src=x onerror="window.pwned = true"><b>bold</b>';

const stage = new Stage();
const { server, everybody } = stage;
const step = stage.step.bind(stage);
const arrive = stage.arrive.bind(stage);
let ann;
let ben;

async function restartServer() {
  await server.kill();
  await server.start();
}

function both(act) {
  return Promise.all([ann, ben].map(act));
}

step('two people register', async () => {
  ann = await arrive('ann');
  ben = await arrive('ben', { colorScheme: 'dark' });
  await ann.screenshot(PICTURES, 'log-in');
  await both((person) => person.register());
});

step('a taken name is refused in words', async () => {
  const second = await arrive('ann');
  await second.find('auth-toggle').click();
  await second.find('username').fill('ann');
  await second.find('email').fill('another@example.org');
  await second.find('password').fill('correct horse');
  await second.find('auth-submit').click();
  await until('the refusal is shown', async () =>
    /taken/.test(await second.find('auth-error').textContent()),
  );
  await second.context.close();
});

step('one asks, the other accepts, and both see each other online without a reload', async () => {
  await ann.asks(ben);
  await ann.named('asked-contact', 'ben').waitFor();
  await ben.accepts(ann);
  await ann.seesPresence(ben, 'online');
  await ben.seesPresence(ann, 'online');
});

step('a request that is refused disappears on both sides', async () => {
  const cleo = await arrive('cleo', PHONE);
  await cleo.register();
  await cleo.asks(ann);
  await cleo.named('asked-contact', 'ann').waitFor();
  await ann.refuses(cleo);
  await cleo.named('asked-contact', 'ann').waitFor({ state: 'detached' });
  await cleo.context.close();
});

step('they chat, live on both sides', async () => {
  await ann.opensChatWith(ben);
  await ann.says('Good morning! Did the parcel arrive?');
  await ben.find('tab-chats').click();
  await until(
    'ben has something unread',
    async () =>
      (await ben.named('conversation', 'ann').getByTestId('unread').textContent()) === '1',
  );
  await ben.opensConversationWith(ann);
  await ben.sees('Good morning! Did the parcel arrive?');
  await ben.named('conversation', 'ann').getByTestId('unread').waitFor({ state: 'hidden' });
  await ben.says('Yes, an hour ago.');
  await ben.says('The plants survived, all seven of them.');
  await ann.sees('The plants survived, all seven of them.');
  await ann.says('Wonderful. Water them tonight, but not too much:\none small cup each is enough.');
  await ben.says('Will do. Tea on Thursday?');
  await ann.sees('Will do. Tea on Thursday?');
  await ann.says('Gladly, at four.');
  await ben.sees('Gladly, at four.');
});

step('it looks well on a desk and on a phone, by day and by night', async () => {
  await ben.find('tab-contacts').click();
  await ann.screenshot(PICTURES, 'desktop-light');
  await ben.screenshot(PICTURES, 'contacts-dark');
  await ben.find('tab-chats').click();
  await ben.screenshot(PICTURES, 'desktop-dark');
  const phone = await arrive('ann', PHONE);
  await phone.logsIn();
  await phone.seesBeingConnected();
  await phone.named('conversation', 'ben').waitFor();
  await phone.screenshot(PICTURES, 'phone-list');
  await phone.opensConversationWith(ben);
  await phone.sees('Gladly, at four.');
  await phone.screenshot(PICTURES, 'phone-chat');
  const width = await phone.page.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(width, PHONE.viewport.width, 'nothing sticks out on a phone');
  await phone.says('And I bring the cake.');
  await ben.sees('And I bring the cake.');
  await phone.find('back').click();
  await phone.find('composer').waitFor({ state: 'detached' });
  await phone.find('conversations').waitFor();
  await phone.context.close();
});

step('markup is text, and every script arrives as written', async () => {
  await ann.says(MARKUP);
  await ann.says(EMOJI);
  await ben.sees(EMOJI);
  await both(async ({ page }) => {
    assert.equal(await page.locator('.messages img, .messages b').count(), 0);
    assert.equal(await page.evaluate(() => window.pwned), undefined);
  });
  assert.deepEqual((await ben.texts()).slice(-2), [MARKUP, EMOJI]);
});

step('a second device of the same person gets everything too', async () => {
  const tablet = await arrive('ben');
  await tablet.logsIn();
  await tablet.opensConversationWith(ann);
  await tablet.sees('Gladly, at four.');
  await tablet.says('from my tablet');
  await both((person) => person.sees('from my tablet'));
  assert.equal(await ben.count('from my tablet'), 1);
  await tablet.logsOut();
  await tablet.logsIn({ password: 'a wrong password' });
  await until('the refusal is shown', async () =>
    /not right/.test(await tablet.find('auth-error').textContent()),
  );
  await tablet.context.close();
});

step('a long history comes in pages, in order, after a reload', async () => {
  const lines = Array.from({ length: 130 }, (_, i) => `line ${i + 1}`);
  for (const line of lines) await ann.writes(line);
  await ann.seesOwn('line 130', 'sent');
  await ben.sees('line 130');
  await ben.page.reload();
  await ben.sees('line 130');
  assert.equal(await ben.count('line 1'), 0, 'only the newest page is loaded at first');
  await until('ben has scrolled to the beginning', async () => {
    await ben.find('scroller').evaluate((scroller) => scroller.scrollTo({ top: 0 }));
    return /beginning/.test(await ben.find('history-top').textContent());
  });
  const texts = await ben.texts();
  assert.equal(texts[0], 'Good morning! Did the parcel arrive?');
  assert.deepEqual(
    texts.filter((text) => text.startsWith('line ')),
    lines,
  );
});

step('an expired access token is renewed unseen', async () => {
  await ann.page.evaluate(() => {
    const session = JSON.parse(localStorage.getItem('chat.session'));
    localStorage.setItem('chat.session', JSON.stringify({ ...session, access_token: 'v1.0.x.y' }));
  });
  await ann.page.reload();
  await ann.seesBeingConnected();
  await ann.says('still me');
  await ben.sees('still me');
});

step(
  'after kill -9 both come back by themselves, and what was written meanwhile arrives once',
  async () => {
    await server.kill();
    await both((person) => person.seesBeingDisconnected());
    await ann.screenshot(PICTURES, 'no-connection');
    await ann.writes('written while the server was down');
    await ann.seesOwn('written while the server was down', 'pending');
    await server.start();
    await both((person) => person.seesBeingConnected());
    await ann.seesOwn('written while the server was down', 'sent');
    await ben.sees('written while the server was down');
    await ben.says('welcome back');
    await ann.sees('welcome back');
    await both(async (person) => {
      assert.equal(await person.count('written while the server was down'), 1);
      assert.equal(await person.count('still me'), 1);
    });
  },
);

step('what was said while one was away is filled in, in order and without a reload', async () => {
  const missed = ['first missed', 'second missed', 'third missed'];
  await ann.isCutOff();
  await restartServer();
  await ann.seesBeingDisconnected();
  for (const text of missed) await ben.says(text);
  assert.equal(await ann.count('third missed'), 0);
  await ann.isCutOffNoMore();
  await ann.seesBeingConnected();
  await ann.sees('third missed');
  assert.deepEqual((await ann.texts()).slice(-4), ['welcome back', ...missed]);
});

step('an unsent message survives a reload', async () => {
  await ann.isCutOff();
  await restartServer();
  await ann.seesBeingDisconnected();
  await ann.writes('kept across a reload');
  await ann.seesOwn('kept across a reload', 'pending');
  await ann.page.reload();
  await ann.seesBeingDisconnected();
  await ann.isCutOffNoMore();
  await ann.seesBeingConnected();
  await ann.seesOwn('kept across a reload', 'sent');
  await ben.sees('kept across a reload');
  assert.equal(await ben.count('kept across a reload'), 1);
});

step('a message whose ack got lost is not doubled', async () => {
  let lost = 0;
  await ann.page.routeWebSocket('**/v1/ws*', (socket) => {
    const upstream = socket.connectToServer();
    upstream.onMessage((text) => {
      if (lost > 0 || !text.includes('"ack"')) return socket.send(text);
      ++lost;
      upstream.close();
      socket.close();
    });
  });
  await ann.page.reload();
  await ann.seesBeingConnected();
  await ann.says('acked into the void');
  assert.equal(lost, 1);
  await ben.sees('acked into the void');
  await ben.says('got it');
  await ann.sees('got it');
  await both(async (person) => assert.equal(await person.count('acked into the void'), 1));
});

step('who closes the page goes offline, and keeps their history', async () => {
  await ben.find('tab-contacts').click();
  await ben.seesPresence(ann, 'online');
  await ann.page.close();
  await ben.seesPresence(ann, 'offline');
  await until('ben reads when ann was there', async () =>
    /last seen/.test(await ben.find('chat-presence').textContent()),
  );
  const page = await ann.context.newPage();
  await page.goto(server.url);
  ann = new Person('ann', ann.context, page);
  everybody.push(ann);
  await ann.seesBeingConnected();
  await ben.seesPresence(ann, 'online');
  await ann.opensConversationWith(ben);
  await ann.sees('acked into the void');
});

step('logging out is seen as going offline, at once, and ends the session', async () => {
  await ann.logsOut();
  await ben.seesPresence(ann, 'offline');
  await ann.page.reload();
  await ann.find('auth-form').waitFor();
  assert.equal(await ann.page.evaluate(() => localStorage.getItem('chat.session')), null);
});

step('a session that is revoked from elsewhere ends here at once, and says so', async () => {
  await ben.page.evaluate(async () => {
    const { access_token: token } = JSON.parse(localStorage.getItem('chat.session'));
    const headers = { Authorization: `Bearer ${token}` };
    await fetch('/v1/auth/logout', { method: 'POST', headers });
  });
  await ben.find('auth-form').waitFor();
  assert.match(await ben.find('auth-lead').textContent(), /logged out/);
});

stage.stepNoComplaints();

step('the server stops when it is asked to', async () => {
  assert.equal(await server.stop(), 0);
});
