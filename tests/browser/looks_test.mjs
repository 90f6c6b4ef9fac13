// Every view by day and by night, on a desk and on a phone: axe finds nothing grave in it, nothing
// sticks out, and a picture of it is kept. Then the whole with the keyboard alone.

import assert from 'node:assert/strict';
import { graveFindings } from './accessibility.mjs';
import { PHONE, PICTURES, Stage } from './stage.mjs';
import { until } from './waiting.mjs';

const DESKTOP = { viewport: { width: 1160, height: 680 }, deviceScaleFactor: 1.5 };

const stage = new Stage();
const step = stage.step.bind(stage);
let hannah;
let priya;
let matteo;

step('three people have talked', async () => {
  const names = ['hannah', 'priya', 'matteo'];
  [hannah, priya, matteo] = await Promise.all(names.map((name) => stage.arrive(name)));
  await Promise.all([
    hannah.register().then(() => hannah.takesName('Hannah Berg')),
    priya.register().then(() => priya.takesName('Priya Nair')),
    matteo.register().then(() => matteo.takesName('Matteo Rossi')),
  ]);
  await hannah.befriends(priya);
  await hannah.befriends(matteo);
  await matteo.opensChatWith(hannah);
  await matteo.says('Lunch at noon? I kept the table by the window.');
  await hannah.makesGroup('Summer exhibition', [priya, matteo]);
  await priya.opensConversation('Summer exhibition');
  await matteo.opensConversation('Summer exhibition');
  await hannah.says('The hall is ours from the third of June. Who paints the posters?');
  await priya.sees('The hall is ours from the third of June. Who paints the posters?');
  await priya.says('I would love to. I have two drafts already.');
  await matteo.sees('I would love to. I have two drafts already.');
  await matteo.tool('I would love to. I have two drafts already.', 'reply');
  await matteo.says('The one with the lighthouse, please. It made everybody smile.');
  await hannah.sees('The one with the lighthouse, please. It made everybody smile.');
  await hannah.says('Agreed. Then I write the invitations this week, and Matteo finds us a piano.');
  await matteo.sees('Agreed. Then I write the invitations this week, and Matteo finds us a piano.');
  await matteo.says('A piano! Gladly.');
  await priya.reacts('The one with the lighthouse, please. It made everybody smile.', 'Heart');
  await hannah.reacts('The one with the lighthouse, please. It made everybody smile.', 'Heart');
  await priya.reacts('A piano! Gladly.', 'Celebration');
  await priya.opensChatWith(hannah);
  await priya.says('Can you look at the drafts tonight?');
  await hannah.opensConversationWith(priya);
  await hannah.says('Of course. Send them over.');
  await hannah.find('tab-chats').click();
  await hannah.opensConversation('Summer exhibition');
});

// Opens one view after the other, and hands each to `look(name)`.
async function visitAll(person, look) {
  await person.find('tab-contacts').click();
  await person.named('contact', 'priya').waitFor();
  await look('contacts');
  await person.find('tab-chats').click();
  await person.named('conversation', 'matteo').waitFor();
  await look('list');
  await person.find('notifications-no').click();
  await person.find('search').fill('mat');
  await person.named('conversation', 'Summer exhibition').waitFor({ state: 'detached' });
  await look('search');
  await person.find('search').press('Escape');
  await person.find('new-group').click();
  await person.find('new-group-form').waitFor();
  await look('new-group');
  await person.find('dialog-cancel').click();
  await person.opensConversation('Summer exhibition');
  await person.sees('A piano! Gladly.');
  await look('group');
  await person.tool('A piano! Gladly.', 'react');
  await look('emojis');
  await person.page.keyboard.press('Escape');
  await person.tool(
    'Agreed. Then I write the invitations this week, and Matteo finds us a piano.',
    'more',
  );
  await look('message-menu');
  await person.page.keyboard.press('Escape');
  await person.opensInfo();
  await person.seesRole(priya, 'member');
  await look('members');
  await person.named('member', 'priya').getByTestId('member-menu').click();
  await person.find('menu').waitFor();
  await look('member-menu');
  await person.page.keyboard.press('Escape');
  await person.find('close-info').click();
  if (await person.find('back').isVisible()) await person.find('back').click();
  await person.opensConversationWith(priya);
  await person.opensInfo();
  await look('person');
  await person.find('close-info').click();
  await person.opensSettings();
  await person.find('device').first().waitFor();
  await look('settings');
}

for (const colorScheme of ['light', 'dark']) {
  for (const [device, options] of [
    ['desktop', DESKTOP],
    ['phone', PHONE],
  ]) {
    step(`everything looks well on a ${device}, ${colorScheme}`, async () => {
      const person = await stage.arrive('hannah', { ...options, colorScheme });
      const findings = [];
      const look = async (view) => {
        await person.screenshot(PICTURES, `${view}-${device}-${colorScheme}`);
        for (const finding of await graveFindings(person.page))
          findings.push(`${view}: ${finding}`);
        const width = await person.page.evaluate(() => document.documentElement.scrollWidth);
        if (width !== options.viewport.width) findings.push(`${view}: is ${width} wide`);
      };
      await person.find('auth-form').waitFor();
      await look('log-in');
      await person.logsIn();
      await person.seesBeingConnected();
      await visitAll(person, look);
      await person.context.close();
      assert.deepEqual(findings, []);
    });
  }
}

step('one gets everywhere with the keyboard, and hears what comes', async () => {
  const { page } = hannah;
  const press = (...keys) =>
    keys.reduce((all, key) => all.then(() => page.keyboard.press(key)), Promise.resolve());
  const focused = () => page.evaluate(() => document.activeElement?.dataset.testid ?? '');
  // From where the focus is, forward or back, to the next one that is called so.
  const tabTo = async (testid, key = 'Tab') => {
    for (let i = 0; i < 40 && (await focused()) !== testid; ++i) await press(key);
    assert.equal(await focused(), testid);
  };

  await tabTo('composer');
  await page.keyboard.type('Written by keyboard.');
  await press('Enter');
  await hannah.seesOwn('Written by keyboard.', 'sent');
  // Up through the messages, and to what can be done with one.
  await tabTo('scroller', 'Shift+Tab');
  await press('ArrowUp', 'ArrowUp');
  assert.equal(await hannah.hasFocusOn('A piano! Gladly.'), true);
  await tabTo('reply');
  await press('Enter');
  await hannah.find('reply-context').waitFor();
  assert.equal(await focused(), 'composer');
  await press('Escape');
  await hannah.find('reply-context').waitFor({ state: 'hidden' });

  // Into the panel and its menus, and back to where one came from.
  await tabTo('open-info', 'Shift+Tab');
  await press('Enter');
  await until('the panel has the focus', async () => (await focused()) === 'close-info');
  await tabTo('member-menu');
  await press('Enter');
  await until('the menu has the focus', async () => (await focused()) === 'make-admin');
  await press('ArrowUp');
  assert.equal(await focused(), 'remove-member');
  await press('Enter');
  await until('the question has the focus', async () => (await focused()) === 'dialog-cancel');
  await press('Escape');
  await hannah.find('question').waitFor({ state: 'detached' });
  await until('the focus is back', async () => (await focused()) === 'member-menu');
  await press('Escape');
  await until('the focus is back', async () => (await focused()) === 'open-info');

  await matteo.says('Can you hear me?');
  await until('the message is announced', async () =>
    /^Matteo Rossi in Summer exhibition: Can you hear me\?$/.test(
      await hannah.find('news').textContent(),
    ),
  );
});

stage.stepNoComplaints();
