// What people learn of each other without words: that a message came and was read, that somebody
// writes, on every device; and how one keeps what one does not want to be told of.

import assert from 'node:assert/strict';
import { Stage } from './stage.mjs';
import { until } from './waiting.mjs';

const stage = new Stage();
const step = stage.step.bind(stage);
let ann;
let ben;
let cleo;

function unread(person, name) {
  return person.named('conversation', name).getByTestId('unread').textContent();
}

step('three people know each other', async () => {
  [ann, ben, cleo] = await Promise.all(['ann', 'ben', 'cleo'].map((name) => stage.arrive(name)));
  await Promise.all([ann, ben, cleo].map((person) => person.register()));
  await ann.befriends(ben);
  await ann.befriends(cleo);
});

step('one sees when a message came, and when it was read', async () => {
  await ann.opensChatWith(ben);
  await ann.says('Are you at home?');
  await ann.seesOwn('Are you at home?', 'delivered');
  await ben.find('tab-chats').click();
  await until('ben has it', async () => (await unread(ben, 'ann').catch(() => '')) === '1');
  assert.equal(await ann.stateOf('Are you at home?'), 'delivered', 'ben has not looked yet');
  await ben.opensConversationWith(ann);
  await ann.seesOwn('Are you at home?', 'read');
});

step('marks are there after a reload', async () => {
  await ann.page.reload();
  await ann.seesOwn('Are you at home?', 'read');
});

step('one sees that the other writes, until they stop or have said it', async () => {
  await ben.find('composer').pressSequentially('Yes');
  await until(
    'ann sees ben write',
    async () => (await ann.find('chat-presence').textContent()) === 'typing…',
  );
  assert.equal(
    await ann.named('conversation', 'ben').getByTestId('preview').textContent(),
    'typing…',
  );
  await ben.find('composer').fill('');
  await until(
    'ben has stopped',
    async () => (await ann.find('chat-presence').textContent()) === 'online',
  );
  await ben.find('composer').pressSequentially('Come over');
  await until(
    'ann sees ben write',
    async () => (await ann.find('chat-presence').textContent()) === 'typing…',
  );
  await ben.find('composer').press('Enter');
  await ann.sees('Come over');
  await until(
    'ben has said it',
    async () => (await ann.find('chat-presence').textContent()) === 'online',
  );
});

step('a group has read what all of it have read', async () => {
  await ann.makesGroup('Band', [ben, cleo]);
  await ben.opensConversation('Band');
  await ann.says('Rehearsal at six');
  await ann.seesOwn('Rehearsal at six', 'delivered');
  await ben.sees('Rehearsal at six');
  await ben.find('composer').pressSequentially('I am');
  await until(
    'ann sees who writes',
    async () => (await ann.find('chat-presence').textContent()) === 'ben is typing…',
  );
  await cleo.opensConversation('Band');
  await ann.seesOwn('Rehearsal at six', 'read');
});

step('in a group one sees who has read it', async () => {
  await cleo.page.goto(`${stage.server.url}/#/contacts`);
  await ann.says('Bring your instruments');
  await ben.sees('Bring your instruments');
  await until('ben has read it', async () => {
    await ann.chooses('Bring your instruments', 'who-read');
    const readers = ann.find('readers');
    await until('the list is there', async () => !/Looking/.test(await readers.textContent()));
    const names = await readers.getByTestId('read-by').textContent();
    await ann.find('close-dialog').click();
    return /ben/.test(names);
  });
  await ann.chooses('Bring your instruments', 'who-read');
  await ann.find('not-read-by').getByText('cleo').waitFor();
  await ann.find('close-dialog').click();
});

step('what is read on one device is read on the other', async () => {
  const tablet = await stage.arrive('cleo');
  await tablet.logsIn();
  await tablet.seesBeingConnected();
  await cleo.page.goto(`${stage.server.url}/#/contacts`);
  await ann.says('Bring the drum');
  await until('it is unread on both', async () => {
    await cleo.find('tab-chats').click();
    return (await unread(cleo, 'Band')) === '2' && (await unread(tablet, 'Band')) === '2';
  });
  await tablet.opensConversation('Band');
  await cleo.named('conversation', 'Band').getByTestId('unread').waitFor({ state: 'hidden' });
  assert.equal(await cleo.page.title(), 'Chat');
  await tablet.context.close();
});

step('what is muted does not call, and can be told apart', async () => {
  await cleo.opensConversation('Band');
  await cleo.opensInfo();
  await cleo.find('mute').click();
  await cleo.find('mute-always').click();
  await until('it is muted', async () => /Unmute/.test(await cleo.find('mute').textContent()));
  await cleo.page.goto(`${stage.server.url}/#/chats`);
  await ann.says('Never mind the drum');
  await until('it is counted', async () => (await unread(cleo, 'Band')) === '1');
  assert.equal(await cleo.page.title(), 'Chat');
  await cleo.page.reload();
  await cleo.named('conversation', 'Band').getByRole('img', { name: 'muted' }).waitFor();
});

step('what is archived stands apart until it is taken out', async () => {
  await cleo.opensConversation('Band');
  await cleo.opensInfo();
  await cleo.find('archive-this').click();
  await cleo.named('conversation', 'Band').waitFor({ state: 'detached' });
  await cleo.find('archive').click();
  await cleo.named('conversation', 'Band').waitFor();
  await until('it is still muted', async () =>
    /Unmute/.test(await cleo.find('mute').textContent()),
  );
  await cleo.find('archive-this').click();
  await until('the archive is gone', async () => !(await cleo.find('archive').isVisible()));
  await cleo.named('conversation', 'Band').waitFor();
});

stage.stepNoComplaints();
