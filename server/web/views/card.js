// What the settings consist of: cards, each with a heading, some with a form.

import { el, setText } from '../dom.js';
import { reasonOf } from './words.js';

// One thing to settle, with its heading.
export function createCard(heading, testid, ...children) {
  const id = `card-${testid}`;
  const label = { class: 'card-title', id, text: heading };
  return el(
    'section',
    { class: 'setting', testid, 'aria-labelledby': id },
    el('h3', label),
    ...children,
  );
}

// A form inside a card: `act()` may fail with an ApiError; `done` is said when it went well.
export function createCardForm({ testid, fields, submit, act, done, explain = reasonOf }) {
  const said = el('p', { class: 'notice', role: 'status', testid: `${testid}-notice` });
  const button = el('button', { type: 'submit', class: 'primary', testid, text: submit });
  const onSubmit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    setText(said, '');
    try {
      await act();
      said.dataset.kind = 'done';
      setText(said, done);
    } catch (error) {
      said.dataset.kind = 'error';
      setText(said, explain(error));
    } finally {
      button.disabled = false;
    }
  };
  return el('form', { on: { submit: onSubmit } }, ...fields, button, said);
}
