// Where one writes. Keeps a draft per conversation while the page is open.

import { el, icon, setText } from '../dom.js';

// Until the server has told its own.
const DEFAULT_LIMITS = { text_code_points: 100_000, text_bytes: 256 * 1024 };
const HEIGHT_MAX_PX = 180;

const drafts = new Map();

// `onSend(text)` is called with what was written, exactly as it was written.
export function createComposer({ conversationId, placeholder, limits, onSend }) {
  const input = el('textarea', {
    id: 'composer',
    testid: 'composer',
    rows: 1,
    placeholder,
    'aria-describedby': 'composer-error',
    on: { input: onInput, keydown: onKey },
  });
  const send = el(
    'button',
    { type: 'submit', class: 'send', testid: 'send', 'aria-label': 'Send' },
    icon('send'),
  );
  const error = el('p', { class: 'form-error', id: 'composer-error', role: 'alert' });
  const node = el(
    'form',
    { class: 'composer', on: { submit: onSubmit } },
    error,
    el('label', { for: 'composer', class: 'visually-hidden', text: placeholder }),
    el('div', { class: 'composer-line' }, input, send),
  );
  input.value = drafts.get(conversationId) ?? '';
  requestAnimationFrame(onInput);
  return { node, focus: () => input.focus({ preventScroll: true }) };

  function onInput() {
    if (input.value === '') drafts.delete(conversationId);
    else drafts.set(conversationId, input.value);
    send.disabled = input.value.trim() === '';
    setText(error, '');
    input.style.height = 'auto';
    input.style.height = `${Math.min(input.scrollHeight, HEIGHT_MAX_PX)}px`;
  }

  // On a touch keyboard Enter is the only way to a new line, and the send button is right there.
  function onKey(event) {
    const plainEnter = event.key === 'Enter' && !event.shiftKey && !event.isComposing;
    if (!plainEnter || matchMedia('(pointer: coarse)').matches) return;
    event.preventDefault();
    node.requestSubmit();
  }

  function onSubmit(event) {
    event.preventDefault();
    const text = input.value;
    if (text.trim() === '') return;
    const problem = problemOf(text, limits() ?? DEFAULT_LIMITS);
    if (problem) return setText(error, problem);
    onSend(text);
    input.value = '';
    onInput();
    input.focus({ preventScroll: true });
  }
}

function problemOf(text, limits) {
  const tooLong =
    [...text].length > limits.text_code_points ||
    new TextEncoder().encode(text).length > limits.text_bytes;
  if (tooLong) return 'This message is too long. Send it in parts.';
  return text.includes('\0') ? 'This message contains a character that cannot be sent.' : null;
}
