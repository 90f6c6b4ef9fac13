// Says when this page is not connected, and offers to try at once. Silent while all is well.

import { el, setText } from '../dom.js';

const WORDS = {
  connecting: 'Connecting…',
  waiting: 'No connection. Trying again…',
  refused: 'The server closed this connection.',
};
const OFFLINE = 'You are offline.';
const SAFE = ' What you write is kept and sent later.';

// `onTry()` is called when the user does not want to wait.
export function createBanner({ onTry }) {
  const text = el('span');
  const button = el('button', {
    type: 'button',
    class: 'link',
    testid: 'try-now',
    text: 'Try now',
    on: { click: onTry },
  });
  const node = el(
    'div',
    { class: 'banner', role: 'status', testid: 'banner', hidden: true },
    text,
    button,
  );
  return {
    node,
    update(phase) {
      const offline = phase !== 'live' && phase !== 'idle' && !navigator.onLine;
      const words = offline ? OFFLINE : WORDS[phase];
      node.hidden = !words;
      node.dataset.phase = phase;
      setText(text, words ? words + (phase === 'connecting' ? '' : SAFE) : '');
      // The browser says when there is a network again, and then it goes by itself.
      button.hidden = phase === 'connecting' || offline;
    },
  };
}
