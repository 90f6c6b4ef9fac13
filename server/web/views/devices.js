// The devices on which one is logged in, and logging them out from here.

import { el, reconcile, setText } from '../dom.js';
import { lastUsed } from '../time.js';
import { createCard } from './card.js';
import { reasonOf } from './words.js';

export function createDevices({ account }) {
  const list = el('ul', { class: 'devices', testid: 'devices' });
  const notice = el('p', { class: 'notice', role: 'alert', testid: 'devices-notice' });
  notice.dataset.kind = 'error';
  const others = el('button', {
    type: 'button',
    class: 'danger-text',
    testid: 'log-out-others',
    text: 'Log out all other devices',
    on: { click: () => attempt(() => account.logOutOtherDevices()) },
  });
  others.hidden = true;
  attempt(() => {});
  return { node: createCard('Devices', 'device-settings', list, notice, others) };

  // Runs an action of the user and shows what came of it.
  async function attempt(action) {
    setText(notice, '');
    try {
      await action();
      show(await account.devices());
    } catch (error) {
      setText(notice, reasonOf(error));
    }
  }

  function show(devices) {
    reconcile(list, devices, { keyOf: ({ session_id: id }) => String(id), create: createRow });
    others.hidden = devices.length < 2;
  }

  function createRow() {
    const name = el('span', { class: 'row-name', testid: 'device-name' });
    const pill = el('span', { class: 'role', testid: 'this-device' });
    const line = el('span', { class: 'row-preview' });
    let id;
    const logOut = el('button', {
      type: 'button',
      testid: 'log-out-device',
      text: 'Log out',
      on: { click: () => attempt(() => account.logOutDevice(id)) },
    });
    const body = el(
      'span',
      { class: 'row-body' },
      el('span', { class: 'row-line' }, name, pill),
      el('span', { class: 'row-line' }, line),
    );
    return {
      node: el('li', { class: 'device', testid: 'device' }, body, logOut),
      update({ session_id: sessionId, device_name: device, last_used_at: at, current }) {
        id = sessionId;
        const words = device || 'Unnamed device';
        setText(name, words);
        setText(pill, current ? 'This device' : '');
        setText(line, lastUsed(new Date(at)));
        logOut.hidden = current;
        logOut.setAttribute('aria-label', `Log out ${words}`);
      },
    };
  }
}
