// Three people and a group: made, renamed, enlarged, led, handed over and left, live on every side.

import assert from 'node:assert/strict';
import { PICTURES, Stage } from './stage.mjs';
import { until } from './waiting.mjs';

const stage = new Stage();
const step = stage.step.bind(stage);
let ann;
let ben;
let cleo;

step('three people know each other', async () => {
  [ann, ben, cleo] = await Promise.all(['ann', 'ben', 'cleo'].map((name) => stage.arrive(name)));
  await Promise.all([ann, ben, cleo].map((person) => person.register()));
  await ann.befriends(ben);
  await ann.befriends(cleo);
  await ann.seesPresence(cleo, 'online');
});

step('one makes a group, and the other has it at once', async () => {
  await ann.makesGroup('Sunday hike', [ben]);
  await ann.seesNote('You created the group “Sunday hike”');
  await ann.seesNote('You added ben');
  await ben.opensConversation('Sunday hike');
  await ben.seesNote('ann created the group “Sunday hike”');
  await ben.seesNote('ann added you');
});

step('what is said carries who says it', async () => {
  await ann.says('Shall we take the early train?');
  await ben.sees('Shall we take the early train?');
  assert.equal(await ben.find('speaker').filter({ visible: true }).textContent(), 'ann');
  await ben.says('The earlier the better.');
  await ann.sees('The earlier the better.');
  assert.match(
    await ann.named('conversation', 'Sunday hike').getByTestId('preview').textContent(),
    /^ben: The/,
  );
});

step('a new name is seen everywhere', async () => {
  await ann.opensInfo();
  await ann.find('rename-group').click();
  await ann.find('group-name').fill('Sunday hikers');
  await ann.confirms();
  await ben.named('conversation', 'Sunday hikers').waitFor();
  await ben.seesNote('ann renamed the group to “Sunday hikers”');
  await until(
    'the title is the new one',
    async () => (await ben.find('chat-name').textContent()) === 'Sunday hikers',
  );
});

step('who is added later reads what was said before', async () => {
  await ann.find('add-members').click();
  await ann.named('pick', 'cleo').check();
  await ann.confirms();
  await ann.seesRole(cleo, 'member');
  await cleo.opensConversation('Sunday hikers');
  await cleo.sees('Shall we take the early train?');
  await cleo.says('I bring the map.');
  await ben.sees('I bring the map.');
  await ben.seesNote('ann added cleo');
});

step('members who are no contacts see each other online', async () => {
  await ben.opensInfo();
  await ben.seesRole(cleo, 'member');
  await until('ben sees cleo online', async () => {
    const dot = ben.named('member', 'cleo').getByTestId('presence');
    return (await dot.isVisible()) && (await dot.getAttribute('aria-label')) === 'online';
  });
  assert.equal(await ben.find('rename-group').isVisible(), false, 'a member does not lead');
  await ben.named('member', 'cleo').getByTestId('member-menu').click();
  assert.deepEqual(await ben.page.getByRole('menuitem').allTextContents(), ['Block…']);
  await ben.page.keyboard.press('Escape');
  await ben.find('menu').waitFor({ state: 'detached' });
});

step('an admin may add and remove, and knows it at once', async () => {
  await ann.choosesFor(ben, 'make-admin');
  await ann.seesRole(ben, 'admin');
  await ben.seesRole(ben, 'admin');
  await ben.seesNote('ann made you an admin');
  await ben.find('rename-group').waitFor();
  await ann.screenshot(PICTURES, 'group-info-light');
  await ben.choosesFor(cleo, 'remove-member');
  await ben.confirms();
  await ann.seesNote('ben removed cleo');
  await cleo.named('conversation', 'Sunday hikers').waitFor({ state: 'detached' });
  await cleo.find('composer').waitFor({ state: 'detached' });
});

step('the only owner cannot leave, and hands the group over first', async () => {
  await ann.find('leave-group').click();
  await ann.confirms();
  await until('the refusal is shown', async () =>
    /somebody else the owner/.test(await ann.find('info-notice').textContent()),
  );
  await ann.choosesFor(ben, 'transfer');
  await ann.confirms();
  await ann.seesRole(ben, 'owner');
  await ann.seesRole(ann, 'admin');
  await ben.seesNote('ann made you an owner');
  await ann.find('leave-group').click();
  await ann.confirms();
  await ann.named('conversation', 'Sunday hikers').waitFor({ state: 'detached' });
  await ben.seesNote('ann left');
});

step('who left is still known by name after a reload', async () => {
  await ben.page.reload();
  await ben.sees('Shall we take the early train?');
  await ben.seesNote('ann left');
});

stage.stepNoComplaints();
