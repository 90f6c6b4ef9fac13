// Says when this page is not connected, and offers to try at once. Silent while all is well.

import { el, setText } from '../dom.js';

const WORDS = {
  connecting: 'Connecting…',
  waiting: 'No connection. Trying again…',
  refused: 'The server closed this connection.',
};
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
      const words = WORDS[phase];
      node.hidden = !words;
      node.dataset.phase = phase;
      setText(text, words ? words + (phase === 'connecting' ? '' : SAFE) : '');
      button.hidden = phase === 'connecting';
    },
  };
}
