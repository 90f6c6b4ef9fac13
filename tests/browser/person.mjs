// Somebody with a browser: what they do and what they see, in the words of the story. Finds things
// by data-testid only.

import { until } from './waiting.mjs';

const DEADLINE_MS = 30_000;
const TICKETS = '**/v1/auth/otp';
const REACHED = ['sent', 'delivered', 'read'];
const PASSWORD = 'correct horse battery staple';

export class Person {
  // `complaints` gathers what the page reports that a healthy page does not.
  static async arrive({ browser, url, name, options = {} }) {
    const context = await browser.newContext({ locale: 'en-GB', ...options });
    context.setDefaultTimeout(DEADLINE_MS);
    const person = new Person(name, context, await context.newPage());
    person.hasTouch = options.hasTouch ?? false;
    await person.page.goto(url);
    return person;
  }

  constructor(name, context, page) {
    this.name = name;
    this.context = context;
    this.page = page;
    this.hasTouch = false;
    this.password = PASSWORD;
    this.complaints = [];
    page.on('pageerror', (error) => this.complaints.push(error.stack));
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) this.complaints.push(message.text());
    });
  }

  find(testid) {
    return this.page.getByTestId(testid);
  }

  named(testid, name) {
    return this.page.locator(`[data-testid="${testid}"][data-name="${name}"]`);
  }

  // ---- coming and going

  async register() {
    await this.find('auth-toggle').click();
    await this.find('username').fill(this.name);
    await this.find('email').fill(`${this.name}@example.org`);
    await this.find('password').fill(PASSWORD);
    await this.find('auth-submit').click();
    await this.seesBeingConnected();
  }

  async logsIn({ password = PASSWORD } = {}) {
    await this.find('login-name').fill(this.name);
    await this.find('password').fill(password);
    await this.find('auth-submit').click();
  }

  async logsOut() {
    await this.opensSettings();
    await this.find('log-out').click();
    await this.find('auth-form').waitFor();
  }

  async opensSettings() {
    // On a phone it stands behind the conversation.
    if (!(await this.find('open-settings').isVisible())) await this.find('back').click();
    await this.find('open-settings').click();
    await this.find('settings').waitFor();
  }

  async takesName(displayName) {
    await this.opensSettings();
    await this.find('display-name').fill(displayName);
    await this.find('save-name').click();
    await until(
      `${this.name} has a name`,
      async () => (await this.find('me').textContent()) === displayName,
    );
  }

  // From now on no new connection succeeds. A live one has to be ended from the other side.
  async isCutOff() {
    await this.context.route(TICKETS, (route) => route.abort());
  }

  async isCutOffNoMore() {
    await this.context.unroute(TICKETS);
  }

  async seesBeingConnected() {
    await this.find('me').waitFor({ state: 'attached' });
    await this.find('banner').waitFor({ state: 'hidden' });
  }

  async seesBeingDisconnected() {
    await this.find('banner').waitFor({ state: 'visible' });
  }

  // ---- contacts

  async asks(other) {
    await this.find('tab-contacts').click();
    await this.find('add-contact').fill(other.name);
    await this.find('add-contact-submit').click();
  }

  async befriends(other) {
    await this.asks(other);
    await other.accepts(this);
  }

  async accepts(other) {
    await this.#answers(other, 'accept');
  }

  async refuses(other) {
    await this.#answers(other, 'refuse');
  }

  async #answers(other, answer) {
    await this.find('tab-contacts').click();
    const request = this.page
      .getByRole('listitem')
      .filter({ has: this.named('request', other.name) });
    await request.getByTestId(answer).click();
    await this.named('request', other.name).waitFor({ state: 'detached' });
  }

  async seesPresence(other, presence) {
    const dot = this.named('contact', other.name).getByTestId('presence');
    await until(`${this.name} sees ${other.name} ${presence}`, async () => {
      if (!(await dot.isVisible())) return false;
      return (await dot.getAttribute('aria-label')) === presence;
    });
  }

  // ---- groups

  async makesGroup(name, members) {
    await this.find('tab-chats').click();
    await this.find('new-group').click();
    await this.find('group-name').fill(name);
    for (const member of members) await this.named('pick', member.name).check();
    await this.confirms();
    await this.find('chat').waitFor();
  }

  // What stands in an open window.
  async confirms() {
    await this.find('dialog-submit').click();
    await this.page.locator('dialog').waitFor({ state: 'detached' });
  }

  async opensInfo() {
    await this.find('open-info').click();
    await this.find('info').waitFor();
  }

  async choosesFor(member, action) {
    await this.named('member', member.name).getByTestId('member-menu').click();
    await this.find(action).click();
  }

  async seesRole(member, role) {
    await until(`${this.name} sees ${member.name} as ${role}`, async () => {
      const row = this.named('member', member.name);
      return (await row.count()) > 0 && (await row.getAttribute('data-role')) === role;
    });
  }

  // What happened to the group.
  async seesNote(text) {
    await this.find('note').getByText(text, { exact: true }).first().waitFor({ state: 'attached' });
  }

  // ---- talking

  async opensChatWith(other) {
    await this.find('tab-contacts').click();
    await this.named('contact', other.name).click();
    await this.find('composer').waitFor();
  }

  async opensConversationWith(other) {
    await this.opensConversation(other.name);
  }

  async opensConversation(name) {
    await this.find('tab-chats').click();
    await this.named('conversation', name).click();
    await this.find('composer').waitFor();
  }

  async writes(text) {
    await this.find('composer').fill(text);
    // On a touch keyboard Enter makes a new line.
    if (this.hasTouch) await this.find('send').tap();
    else await this.find('composer').press('Enter');
  }

  async says(text) {
    await this.writes(text);
    await this.seesOwn(text, 'sent');
  }

  // Does something with a message by one of the buttons that show beside it.
  async tool(text, testid) {
    const message = this.message(text).last();
    await message.hover();
    await message.getByTestId(testid).click();
  }

  async chooses(text, action) {
    await this.tool(text, 'more');
    await this.find(action).click();
  }

  async reacts(text, emojiName) {
    await this.tool(text, 'react');
    await this.page.getByRole('menuitem', { name: emojiName }).click();
  }

  hasFocusOn(text) {
    return this.message(text)
      .last()
      .evaluate((message) => message === document.activeElement);
  }

  // As behind another tab. Headless pages are never hidden by themselves.
  async isHidden(hidden) {
    await this.page.evaluate(
      (state) => {
        Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      },
      hidden ? 'hidden' : 'visible',
    );
  }

  message(text) {
    const said = this.find('text').and(this.page.getByText(text, { exact: true }));
    return this.find('message').filter({ has: said });
  }

  async sees(text) {
    await this.message(text).first().waitFor({ state: 'attached' });
  }

  // `state`: pending, failed, or sent, delivered, read, of which a later one is as good.
  async seesOwn(text, state) {
    const wanted = REACHED.includes(state) ? REACHED.slice(REACHED.indexOf(state)) : [state];
    await until(`${this.name}'s "${text}" is ${state}`, async () =>
      wanted.includes(await this.stateOf(text)),
    );
  }

  // Null where there is no such message.
  async stateOf(text) {
    const message = this.message(text).first();
    return (await message.count()) > 0 ? message.getAttribute('data-state') : null;
  }

  async count(text) {
    return this.message(text).count();
  }

  // The texts on screen, top to bottom.
  texts() {
    return this.find('text').allTextContents();
  }

  async screenshot(folder, name) {
    // A caret that blinks and a late animation would make pictures differ.
    await this.page.screenshot({ path: `${folder}/${name}.png`, animations: 'disabled' });
  }
}
