// Where one writes, in answer to a message or not, and changes what one wrote. Keeps a draft per
// conversation while the page is open.

import { el, icon, setText } from '../dom.js';
import { QUOTE_MAX } from './message_rows.js';
import { reasonOf } from './words.js';

// Until the server has told its own.
const DEFAULT_LIMITS = { text_code_points: 100_000, text_bytes: 256 * 1024 };
const HEIGHT_MAX_PX = 180;

const drafts = new Map();

// `onSend(text, replyToSeq)` is called with what was written, exactly as it was written, and the
// entry that it answers, or null; `onTyping(active)` while and after something is written.
// `onEdit(seq, text)` changes a message and may fail with an ApiError; `lastOwn()` is the entry
// that one would want to change, or null.
export function createComposer({ conversationId, limits, onSend, onEdit, lastOwn, onTyping }) {
  const input = el('textarea', {
    id: 'composer',
    testid: 'composer',
    rows: 1,
    'aria-describedby': 'composer-error',
    on: { input: onTyped, keydown: onKey },
  });
  const send = el(
    'button',
    { type: 'submit', class: 'send', testid: 'send', 'aria-label': 'Send' },
    icon('send'),
  );
  const error = el('p', { class: 'form-error', id: 'composer-error', role: 'alert' });
  const label = el('label', { for: 'composer', class: 'visually-hidden' });
  const context = createContext(() => {
    leaveContext();
    input.focus();
  });
  const node = el(
    'form',
    { class: 'composer', on: { submit: onSubmit } },
    error,
    label,
    context.node,
    el('div', { class: 'composer-line' }, input, send),
  );
  input.value = drafts.get(conversationId) ?? '';
  requestAnimationFrame(onInput);
  return { node, focus, replyTo, edit, tell, setPlaceholder };

  function focus() {
    input.focus({ preventScroll: true });
  }

  function setPlaceholder(text) {
    setText(label, text);
    input.placeholder = text;
  }

  function tell(problem) {
    setText(error, problem);
  }

  // `{seq, name, text}` of a message.
  function replyTo({ seq, name, text }) {
    leaveContext();
    const title = `Answer to ${name === 'You' ? 'yourself' : name}`;
    context.show({ kind: 'reply', seq, title, text });
    input.focus();
  }

  // What was written before waits until the change is made or given up.
  function edit({ seq, text }) {
    leaveContext();
    context.show({ kind: 'edit', seq, title: 'Change your message', text, before: input.value });
    write(text);
    input.focus();
  }

  function leaveContext() {
    const left = context.shown;
    context.show(null);
    if (left?.kind === 'edit') write(left.before);
  }

  function write(text) {
    input.value = text;
    onInput();
  }

  function onTyped() {
    onInput();
    onTyping(input.value.trim() !== '');
  }

  function onInput() {
    const draft = context.shown?.kind === 'edit' ? context.shown.before : input.value;
    if (draft === '') drafts.delete(conversationId);
    else drafts.set(conversationId, draft);
    send.disabled = input.value.trim() === '';
    setText(error, '');
    input.style.height = 'auto';
    input.style.height = `${Math.min(input.scrollHeight, HEIGHT_MAX_PX)}px`;
  }

  // On a touch keyboard Enter is the only way to a new line, and the send button is right there.
  function onKey(event) {
    if (event.key === 'Escape' && context.shown !== null) return leaveContext();
    const entry = event.key === 'ArrowUp' && input.value === '' ? lastOwn() : null;
    if (entry !== null) {
      event.preventDefault();
      return edit(entry);
    }
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
    if (context.shown?.kind === 'edit') return change(context.shown.seq, text);
    onSend(text, context.shown?.seq ?? null);
    context.show(null);
    write('');
    focus();
  }

  // What is refused stays to be mended.
  async function change(seq, text) {
    try {
      await onEdit(seq, text);
    } catch (problem) {
      return tell(reasonOf(problem));
    }
    if (context.shown?.seq === seq) leaveContext();
  }
}

// What the next message will answer, or which one is changed, above the line.
function createContext(onClose) {
  const title = el('span', { class: 'quote-name', testid: 'reply-name', dir: 'auto' });
  const text = el('span', { class: 'quote-text', dir: 'auto' });
  const close = el(
    'button',
    {
      type: 'button',
      class: 'ghost',
      testid: 'no-reply',
      'aria-label': 'Never mind',
      on: { click: onClose },
    },
    icon('close'),
  );
  const quote = el('div', { class: 'quote' }, title, text);
  const node = el('div', { class: 'composer-context', testid: 'reply-context' }, quote, close);
  node.hidden = true;
  const context = { node, shown: null, show };
  return context;

  function show(message) {
    context.shown = message;
    node.hidden = message === null;
    setText(title, message?.title ?? '');
    setText(text, message?.text.slice(0, QUOTE_MAX) ?? '');
  }
}

function problemOf(text, limits) {
  const tooLong =
    [...text].length > limits.text_code_points ||
    new TextEncoder().encode(text).length > limits.text_bytes;
  if (tooLong) return 'This message is too long. Send it in parts.';
  return text.includes('\0') ? 'This message contains a character that cannot be sent.' : null;
}
