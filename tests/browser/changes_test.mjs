// Second thoughts: messages are edited, deleted and reacted to, and everybody sees it at once, or
// when they are back.

import assert from 'node:assert/strict';
import { PICTURES, Stage } from './stage.mjs';
import { until } from './waiting.mjs';

const stage = new Stage();
const step = stage.step.bind(stage);
let ann;
let ben;

async function seesReaction(person, text, label, pressed) {
  await until(`${person.name} sees ${label} at "${text}"`, async () => {
    const reaction = person.message(text).getByTestId('reaction');
    if ((await reaction.count()) !== 1) return false;
    const seen = await reaction.evaluate((node) => [node.ariaLabel, node.ariaPressed]);
    return seen[0] === label && seen[1] === String(pressed);
  });
}

step('two people talk', async () => {
  ann = await stage.arrive('ann');
  ben = await stage.arrive('ben', { colorScheme: 'dark' });
  await Promise.all([ann.register(), ben.register()]);
  await ann.befriends(ben);
  await ann.opensChatWith(ben);
  await ann.says('See you at the libary at noon');
  await ben.opensConversationWith(ann);
  await ben.says('I will be there');
  await ann.sees('I will be there');
});

step('one edits what one said, and both see it', async () => {
  await ann.find('composer').fill('half a thought');
  await ann.chooses('See you at the libary at noon', 'edit');
  assert.equal(await ann.find('composer').inputValue(), 'See you at the libary at noon');
  await ann.writes('See you at the library at noon');
  await ben.sees('See you at the library at noon');
  await ann.sees('See you at the library at noon');
  assert.match(await ben.message('See you at the library at noon').textContent(), /edited/);
  assert.equal(await ann.find('composer').inputValue(), 'half a thought', 'the draft is back');
  await ann.find('composer').fill('');
});

step('arrow up leads to what one said last', async () => {
  await ben.find('composer').press('ArrowUp');
  assert.equal(await ben.find('composer').inputValue(), 'I will be there');
  await ben.writes('I will be there, with the books');
  await ann.sees('I will be there, with the books');
});

step('reactions are counted on both sides, and taken back', async () => {
  await ben.reacts('See you at the library at noon', 'Thumbs up');
  await seesReaction(ben, 'See you at the library at noon', '👍, 1', true);
  await seesReaction(ann, 'See you at the library at noon', '👍, 1', false);
  await ann.message('See you at the library at noon').getByTestId('reaction').click();
  await seesReaction(ann, 'See you at the library at noon', '👍, 2', true);
  await seesReaction(ben, 'See you at the library at noon', '👍, 2', true);
  await ben.screenshot(PICTURES, 'reactions-dark');
  await ben.reacts('See you at the library at noon', 'Thumbs up');
  await seesReaction(ann, 'See you at the library at noon', '👍, 1', true);
});

step('reactions and edits are there after a reload', async () => {
  await ben.page.reload();
  await ben.sees('I will be there, with the books');
  await seesReaction(ben, 'See you at the library at noon', '👍, 1', false);
});

step('what changed while one was away is seen when one is back', async () => {
  await ben.isCutOff();
  await stage.server.kill();
  await stage.server.start();
  await ben.seesBeingDisconnected();
  await ann.seesBeingConnected();
  await ann.chooses('See you at the library at noon', 'edit');
  await ann.writes('See you at the library at one');
  await ann.sees('See you at the library at one');
  assert.equal(await ben.count('See you at the library at one'), 0);
  await ben.isCutOffNoMore();
  await ben.seesBeingConnected();
  await ben.sees('See you at the library at one');
});

step('what is deleted is gone on both sides, and what answers it says so', async () => {
  await ben.tool('See you at the library at one', 'reply');
  await ben.says('One is better');
  await ann.sees('One is better');
  await ann.chooses('See you at the library at one', 'delete');
  await ann.confirms();
  await ben.sees('Message deleted');
  assert.equal(await ben.count('See you at the library at one'), 0);
  assert.equal(
    await ben.message('One is better').getByTestId('quote-text').textContent(),
    'Message deleted',
  );
  await ben.page.reload();
  await ben.sees('Message deleted');
});

step('in a group, an owner may delete what others said, and a member may not', async () => {
  await ann.makesGroup('Reading circle', [ben]);
  await ben.opensConversation('Reading circle');
  await ann.says('Chapter one for Monday');
  await ben.sees('Chapter one for Monday');
  await ben.message('Chapter one for Monday').hover();
  await ben.message('Chapter one for Monday').getByTestId('more').click();
  assert.equal(await ben.find('delete').count(), 0);
  await ben.page.keyboard.press('Escape');
  await ben.says('Buy cheap watches!');
  await ann.sees('Buy cheap watches!');
  await ann.chooses('Buy cheap watches!', 'delete');
  await ann.confirms();
  await ben.sees('Message deleted');
  assert.equal(await ben.count('Buy cheap watches!'), 0);
});

stage.stepNoComplaints();
