// Offers notifications once, where there is something to be told of; the browser's own question
// comes only to those who say yes.

import { el, icon } from '../dom.js';

export function createNotificationOffer({ notifier, onDecided }) {
  const decide = (act) => async () => {
    await act();
    onDecided();
  };
  const yes = el('button', {
    type: 'button',
    class: 'primary',
    testid: 'notifications-on',
    text: 'Turn on',
    on: { click: decide(() => notifier.turnOn()) },
  });
  const no = el('button', {
    type: 'button',
    testid: 'notifications-no',
    text: 'Not now',
    on: { click: decide(() => notifier.turnOff()) },
  });
  const node = el(
    'section',
    { class: 'offer', testid: 'notification-offer', 'aria-label': 'Notifications' },
    icon('bell'),
    el(
      'div',
      {},
      el('p', { text: 'Be told of new messages while this page is in the background?' }),
      el('div', { class: 'offer-buttons' }, yes, no),
    ),
  );
  node.hidden = true;
  return {
    node,
    update(useful) {
      node.hidden = !useful || !notifier.isUndecided;
    },
  };
}
