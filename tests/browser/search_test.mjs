// Finding again: chats by their names while one types, and messages by their words.

import assert from 'node:assert/strict';
import { PICTURES, Stage } from './stage.mjs';
import { until } from './waiting.mjs';

const stage = new Stage();
const step = stage.step.bind(stage);
let ann;
let ben;

step('two people talk in two places', async () => {
  [ann, ben] = await Promise.all(['ann', 'ben'].map((name) => stage.arrive(name)));
  await Promise.all([ann.register(), ben.register()]);
  await ann.befriends(ben);
  await ann.opensChatWith(ben);
  await ann.says('The lighthouse opens at nine on Sundays');
  for (let line = 1; line <= 60; ++line) await ann.writes(`line ${line}`);
  await ann.seesOwn('line 60', 'sent');
  await ann.makesGroup('Harbour walk', [ben]);
  await ann.says('We meet at the pier');
});

step('chats are found by their names', async () => {
  await ben.find('tab-chats').click();
  await ben.named('conversation', 'Harbour walk').waitFor();
  await ben.find('search').fill('harb');
  await ben.named('conversation', 'ann').waitFor({ state: 'detached' });
  await ben.named('conversation', 'Harbour walk').waitFor();
  await ben.find('search').press('Escape');
  await ben.named('conversation', 'ann').waitFor();
});

step('messages are found by their words, and lead to where they were said', async () => {
  await ben.find('search').fill('lighthouse');
  await ben.find('found-message').waitFor();
  assert.match(await ben.find('found-message').textContent(), /ann: The lighthouse opens/);
  await ben.screenshot(PICTURES, 'search');
  await ben.find('found-message').click();
  await until('ben is there', () => ben.hasFocusOn('The lighthouse opens at nine on Sundays'));
});

step('what nobody said is not found', async () => {
  await ben.find('search').fill('submarine');
  await until('the answer is shown', async () =>
    /^No message/.test(await ben.find('found-none').textContent()),
  );
});

stage.stepNoComplaints();
