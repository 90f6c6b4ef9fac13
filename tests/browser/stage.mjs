// What every story needs: the real server, $CHAT_SERVER, a headless Chromium, and people who
// arrive. Pictures go to $TEST_UNDECLARED_OUTPUTS_DIR.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { Person } from './person.mjs';
import { ServerProcess } from './server_process.mjs';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const PICTURES = process.env.TEST_UNDECLARED_OUTPUTS_DIR ?? tmpdir();
export const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
};

// Sets itself up before the first step and cleans up after the last.
export class Stage {
  #folder = mkdtempSync(path.join(process.env.TEST_TMPDIR ?? tmpdir(), 'browser-'));
  #browser = null;
  #broken = null;
  everybody = [];

  constructor() {
    const binary = path.resolve(process.env.CHAT_SERVER);
    this.server = new ServerProcess({ binary, folder: this.#folder });
    before(async () => {
      await this.server.start();
      this.#browser = await chromium.launch({
        executablePath: CHROMIUM,
        args: CHROMIUM_FLAGS,
      });
    });
    after(async () => {
      await this.#browser?.close();
      await this.server.stop();
      rmSync(this.#folder, { recursive: true, force: true });
    });
  }

  async arrive(name, options) {
    const { url } = this.server;
    const person = await Person.arrive({ browser: this.#browser, url, name, options });
    this.everybody.push(person);
    return person;
  }

  // The story stops at the first step that fails: what comes after would only wait for its
  // deadlines.
  step(name, act) {
    test(name, async () => {
      assert.equal(this.#broken, null, 'an earlier step failed');
      this.#broken = name;
      await act();
      this.#broken = null;
    });
  }

  // The last step of every story.
  stepNoComplaints() {
    this.step('no page had an error or hit the content security policy', () => {
      for (const { name, complaints } of this.everybody) assert.deepEqual(complaints, [], name);
    });
  }
}
