// What one does with one's own account, and what others see of it: name, devices, password, blocks,
// and its end.

import assert from 'node:assert/strict';
import { PHONE, PICTURES, Stage } from './stage.mjs';
import { until } from './waiting.mjs';

const NEW_PASSWORD = 'a much better password';

const stage = new Stage();
const step = stage.step.bind(stage);
let ann;
let ben;
let phone;

step('two people know each other', async () => {
  [ann, ben] = await Promise.all(['ann', 'ben'].map((name) => stage.arrive(name)));
  await Promise.all([ann.register(), ben.register()]);
  await ann.befriends(ben);
  await ann.opensChatWith(ben);
  await ann.says('hello ben');
  await ben.opensConversationWith(ann);
});

step('one takes a name, and the other sees it at once', async () => {
  await ann.opensSettings();
  await until('the address is there', async () =>
    /ann@example\.org/.test(await ann.find('about-me').textContent()),
  );
  await ann.find('display-name').fill('Ann Marlowe');
  await ann.find('save-name').click();
  await until(
    'the name is saved',
    async () => (await ann.find('me').textContent()) === 'Ann Marlowe',
  );
  await until(
    'ben sees it',
    async () => (await ben.find('chat-name').textContent()) === 'Ann Marlowe',
  );
});

step('all devices are listed, and another one is logged out from here', async () => {
  phone = await stage.arrive('ann', PHONE);
  await phone.logsIn();
  await phone.seesBeingConnected();
  await phone.opensSettings();
  await until('both are listed', async () => (await phone.find('device').count()) === 2);
  assert.equal(await phone.find('log-out-device').filter({ visible: true }).count(), 1);
  await phone.screenshot(PICTURES, 'settings-phone-light');
  await ann.page.reload();
  await until('both are listed', async () => (await ann.find('device').count()) === 2);
  assert.match(await ann.find('device').first().textContent(), /Chrome on Linux/);
  await ann.find('log-out-device').filter({ visible: true }).click();
  await until('one is left', async () => (await ann.find('device').count()) === 1);
  await phone.find('auth-form').waitFor();
  assert.match(await phone.find('auth-lead').textContent(), /logged out/);
});

step('all others are logged out at once', async () => {
  await phone.logsIn();
  await phone.seesBeingConnected();
  await ann.page.reload();
  await ann.find('log-out-others').click();
  await phone.find('auth-form').waitFor();
  await until('one is left', async () => (await ann.find('device').count()) === 1);
});

step('a new password needs the old one, and is what counts from then on', async () => {
  await ann.find('old-password').fill('not my password');
  await ann.find('new-password').fill(NEW_PASSWORD);
  await ann.find('change-password').click();
  await until('the refusal is shown', async () =>
    /not right/.test(await ann.find('change-password-notice').textContent()),
  );
  await ann.find('old-password').fill(ann.password);
  await ann.find('change-password').click();
  await until('it is changed', async () =>
    /^Changed/.test(await ann.find('change-password-notice').textContent()),
  );
  await phone.logsIn();
  await until('the old one is refused', async () =>
    /not right/.test(await phone.find('auth-error').textContent()),
  );
  await phone.logsIn({ password: NEW_PASSWORD });
  await phone.seesBeingConnected();
  await phone.context.close();
});

step(
  'who is removed from the contacts is gone from both lists, until they agree again',
  async () => {
    await ann.opensConversationWith(ben);
    await ann.opensInfo();
    await ann.find('remove-contact').click();
    await ann.confirms();
    await ann.find('remove-contact').waitFor({ state: 'hidden' });
    await ben.find('tab-contacts').click();
    await ben.named('contact', 'ann').waitFor({ state: 'detached' });
    await ann.befriends(ben);
    await ben.named('contact', 'ann').waitFor();
    await ben.find('tab-chats').click();
  },
);

step('who is blocked is no contact and cannot write, until that is taken back', async () => {
  await ann.opensConversationWith(ben);
  await ann.opensInfo();
  await ann.find('block').click();
  await ann.confirms();
  await ann.find('blocked-line').waitFor();
  assert.equal(await ann.find('composer').isVisible(), false);
  await ben.writes('why?');
  await ben.seesOwn('why?', 'failed');
  await ann.opensSettings();
  await ann.named('unblock', 'ben').click();
  await ann.named('unblock', 'ben').waitFor({ state: 'detached' });
  await ann.befriends(ben);
  await ben.find('tab-chats').click();
  await ben.message('why?').getByTestId('retry').click();
  await ben.seesOwn('why?', 'sent');
  await ann.opensConversationWith(ben);
  await ann.sees('why?');
});

step('in a group, what somebody says whom one blocks is hidden', async () => {
  await ann.makesGroup('Choir', [ben]);
  await ben.opensConversation('Choir');
  await ann.opensInfo();
  await ann.choosesFor(ben, 'block-member');
  await ann.confirms();
  await ben.says('Monday at eight');
  await ann.sees('Message of somebody you block');
  assert.equal(await ann.count('Monday at eight'), 0);
  await ann.choosesFor(ben, 'block-member');
  await ann.sees('Monday at eight');
});

step('a deleted account is gone, and its name is free', async () => {
  await ann.opensSettings();
  await ann.find('delete-account').click();
  await ann.find('confirm-username').fill('ben');
  await ann.find('dialog-submit').click();
  await until('the refusal is shown', async () =>
    /not your username/.test(await ann.find('dialog-error').textContent()),
  );
  await ann.find('confirm-username').fill('ann');
  await ann.find('dialog-submit').click();
  await ann.find('auth-form').waitFor();
  assert.match(await ann.find('auth-lead').textContent(), /deleted/);
  await ann.logsIn({ password: NEW_PASSWORD });
  await until('the log-in is refused', async () =>
    /not right/.test(await ann.find('auth-error').textContent()),
  );
  await ben.page.reload();
  await ben.named('conversation', 'Choir').waitFor();
  await until('ben sees no name', async () =>
    (await ben.find('conversation-name').allTextContents()).includes('Deleted user'),
  );
});

stage.stepNoComplaints();
