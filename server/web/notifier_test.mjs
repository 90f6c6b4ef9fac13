import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Notifier } from './notifier.js';
import { MemoryStorage } from './test_world.mjs';

let browser;
let notifier;

beforeEach(() => {
  browser = { permission: 'default', answer: 'granted', hidden: true, asked: 0, shown: [] };
  notifier = new Notifier({
    storage: new MemoryStorage(),
    world: {
      permission: () => browser.permission,
      ask: async () => {
        ++browser.asked;
        browser.permission = browser.answer;
      },
      hidden: () => browser.hidden,
      show: (title, { body }) => browser.shown.push(`${title}: ${body}`),
    },
  });
});

function notify() {
  notifier.show({ title: 'ben', body: 'hello', tag: '10', onClick: () => {} });
}

test('asks the browser only when the user wants notifications', async () => {
  notify();
  assert.equal(browser.asked, 0);
  assert.equal(notifier.isUndecided, true);
  await notifier.turnOn();
  assert.equal(browser.asked, 1);
  notify();
  assert.deepEqual(browser.shown, ['ben: hello']);
});

test('shows nothing while the page is seen', async () => {
  await notifier.turnOn();
  browser.hidden = false;
  notify();
  assert.deepEqual(browser.shown, []);
});

test('shows nothing after it was turned off, and does not offer itself again', async () => {
  await notifier.turnOn();
  notifier.turnOff();
  notify();
  assert.deepEqual(browser.shown, []);
  assert.equal(notifier.isUndecided, false);
});

test('is impossible where the browser refuses', async () => {
  browser.answer = 'denied';
  await notifier.turnOn();
  notify();
  assert.equal(notifier.state, 'impossible');
  assert.deepEqual(browser.shown, []);
});
