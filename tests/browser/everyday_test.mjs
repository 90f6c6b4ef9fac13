// The small things that people expect of a chat: answers, what is new, notifications, a page that
// says when it is offline, and a history that stays where one reads.

import assert from 'node:assert/strict';
import { PICTURES, Stage } from './stage.mjs';
import { until } from './waiting.mjs';

const stage = new Stage();
const step = stage.step.bind(stage);
let ann;
let ben;

step('two people know each other', async () => {
  ann = await stage.arrive('ann');
  ben = await stage.arrive('ben', { permissions: ['notifications'] });
  await Promise.all([ann.register(), ben.register()]);
  await ann.befriends(ben);
  await ann.opensChatWith(ben);
  await ann.says('Which film shall we see?');
  await ben.opensConversationWith(ann);
  await ben.sees('Which film shall we see?');
});

step('one answers a message, and both see to what', async () => {
  await ben.tool('Which film shall we see?', 'reply');
  await ben.find('reply-context').waitFor();
  await ben.says('The one with the lighthouse.');
  assert.equal(await ben.find('reply-context').isVisible(), false);
  await ann.sees('The one with the lighthouse.');
  assert.equal(
    await ann.message('The one with the lighthouse.').getByTestId('quote-text').textContent(),
    'Which film shall we see?',
  );
});

step('an answer that is not wanted any more is given up by Escape', async () => {
  await ann.tool('The one with the lighthouse.', 'reply');
  await ann.find('reply-context').waitFor();
  await ann.find('composer').press('Escape');
  await ann.find('reply-context').waitFor({ state: 'hidden' });
  await ann.says('Good choice.');
  assert.equal(await ann.message('Good choice.').getByTestId('quote').isVisible(), false);
});

step('a quote leads to its message, however far back', async () => {
  const lines = Array.from({ length: 120 }, (_, i) => `line ${i + 1}`);
  for (const line of lines) await ann.writes(line);
  await ann.seesOwn('line 120', 'sent');
  await ben.sees('line 120');
  await ben.page.reload();
  await ben.sees('line 120');
  await ben.tool('line 110', 'reply');
  await ben.says('about line 110');
  await ben.message('about line 110').getByTestId('quote').click();
  await until('ben is at line 110', () => ben.hasFocusOn('line 110'));
  assert.equal(await ben.count('Which film shall we see?'), 0, 'the beginning is not loaded');
  await ann.tool('The one with the lighthouse.', 'reply');
  await ann.says('When does it begin?');
  await ben.message('When does it begin?').getByTestId('quote').click();
  await until('ben is at the beginning', () => ben.hasFocusOn('The one with the lighthouse.'));
});

step('reading older pages keeps the place', async () => {
  await ben.page.reload();
  await ben.sees('When does it begin?');
  const before = await ben.find('message').count();
  // The first message that is in sight, and where.
  const place = () =>
    ben.find('scroller').evaluate((scroller) => {
      const top = scroller.getBoundingClientRect().top;
      const rows = [...scroller.querySelectorAll('.message')];
      const seen = rows.find((row) => row.getBoundingClientRect().top >= top);
      return { text: seen.querySelector('.text').textContent, y: seen.getBoundingClientRect().top };
    });
  await ben.find('scroller').evaluate((scroller) => scroller.scrollTo({ top: 300 }));
  const read = await place();
  await until('older ones have come', async () => (await ben.find('message').count()) > before);
  assert.deepEqual(await place(), read);
});

step('what came while one was elsewhere is counted and marked', async () => {
  await ben.find('tab-contacts').click();
  await ben.page.goto(`${stage.server.url}/#/chats`);
  await ben.find('composer').waitFor({ state: 'detached' });
  await ann.says('Meet me at the fountain.');
  await ann.says('I have the tickets.');
  await until(
    'ben has two unread ones',
    async () =>
      (await ben.named('conversation', 'ann').getByTestId('unread').textContent()) === '2',
  );
  assert.equal(await ben.page.title(), '(1) Chat');
  await ben.opensConversationWith(ann);
  await ben.find('new-messages').waitFor();
  assert.deepEqual((await ben.texts()).slice(-2), [
    'Meet me at the fountain.',
    'I have the tickets.',
  ]);
  await until('nothing is unread', async () => (await ben.page.title()) === 'Chat');
  await ben.says('On my way.');
  await ben.find('new-messages').waitFor({ state: 'detached' });
});

step('notifications are offered once, and come only while the page is hidden', async () => {
  await ben.page.evaluate(() => {
    window.shown = [];
    window.Notification = class {
      static permission = 'granted';
      constructor(title, { body }) {
        window.shown.push(`${title}: ${body}`);
      }
    };
  });
  const shown = () => ben.page.evaluate(() => window.shown);
  await ann.says('seen on the page');
  await ben.sees('seen on the page');
  await ben.find('notification-offer').waitFor();
  await ben.screenshot(PICTURES, 'notification-offer');
  await ben.find('notifications-on').click();
  await ben.find('notification-offer').waitFor({ state: 'hidden' });
  await ben.isHidden(true);
  await ann.says('Are you there?');
  await until('ben is notified', async () => (await shown()).length > 0);
  assert.deepEqual(await shown(), ['ann: Are you there?']);
  assert.equal(await ben.page.title(), '(1) Chat', 'what nobody looks at is unread');
  await ben.isHidden(false);
  await until('it is read', async () => (await ben.page.title()) === 'Chat');
});

step('a page without a network says so, and comes back by itself', async () => {
  await ann.context.setOffline(true);
  await ann.isCutOff();
  await stage.server.kill();
  await stage.server.start();
  await ann.seesBeingDisconnected();
  assert.match(await ann.find('banner').textContent(), /You are offline/);
  assert.equal(await ann.find('try-now').isVisible(), false);
  await ann.writes('written without a network');
  await ann.seesOwn('written without a network', 'pending');
  await ann.isCutOffNoMore();
  await ann.context.setOffline(false);
  await ann.seesBeingConnected();
  await ann.seesOwn('written without a network', 'sent');
  await ben.sees('written without a network');
});

stage.stepNoComplaints();
