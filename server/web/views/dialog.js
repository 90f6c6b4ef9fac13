// Windows over the page. The browser's own modal dialog keeps the focus inside, closes on Escape,
// and gives the focus back.

import { el, icon, setText } from '../dom.js';

let count = 0;

// Opens at once; `close()` ends it. `onClosed()` is called however it was closed.
export function openDialog({ title, testid, body, onClosed = () => {} }) {
  const id = `dialog-${++count}`;
  const closer = el(
    'button',
    {
      type: 'button',
      class: 'ghost',
      testid: 'close-dialog',
      'aria-label': 'Close',
      on: { click: () => node.close() },
    },
    icon('close'),
  );
  const header = el('header', { class: 'dialog-header' }, el('h2', { id, text: title }), closer);
  const node = el('dialog', { class: 'dialog', testid, 'aria-labelledby': id }, header, ...body);
  node.addEventListener('close', () => {
    node.remove();
    onClosed();
  });
  // A click beside the window; what is inside covers it whole.
  node.addEventListener('mousedown', (event) => event.target === node && node.close());
  // Inside of what a log-out takes away.
  document.getElementById('app').append(node);
  node.showModal();
  return { node, close: () => node.close() };
}

// A window with a form. `act()` does it and may fail with an ApiError, which `explain(error)` puts
// into words; the window closes when it went well. `fields` are nodes.
export function openForm({ title, testid, fields, submit, danger = false, act, explain }) {
  const error = el('p', { class: 'form-error', role: 'alert', testid: 'dialog-error' });
  const button = el('button', {
    type: 'submit',
    class: danger ? 'danger' : 'primary',
    testid: 'dialog-submit',
    text: submit,
  });
  const cancel = el('button', {
    type: 'button',
    text: 'Cancel',
    testid: 'dialog-cancel',
    on: { click: () => dialog.close() },
  });
  const buttons = el('div', { class: 'dialog-buttons' }, cancel, button);
  const form = el(
    'form',
    { class: 'dialog-form', on: { submit: onSubmit } },
    ...fields,
    error,
    buttons,
  );
  const dialog = openDialog({ title, testid, body: [form] });
  form.querySelector('input:not([type=checkbox])')?.focus();
  return { ...dialog, enable: (on) => (button.disabled = !on) };

  async function onSubmit(event) {
    event.preventDefault();
    setText(error, '');
    form.setAttribute('aria-busy', 'true');
    button.disabled = true;
    try {
      await act();
      dialog.close();
    } catch (failure) {
      setText(error, explain(failure));
    } finally {
      form.removeAttribute('aria-busy');
      button.disabled = false;
    }
  }
}

// Resolves to whether the answer was yes.
export function askWhether({ title, text, yes }) {
  return new Promise((resolve) => {
    let answer = false;
    const choose = (chosen) => () => {
      answer = chosen;
      dialog.close();
    };
    const no = el('button', {
      type: 'button',
      text: 'Cancel',
      testid: 'dialog-cancel',
      on: { click: choose(false) },
    });
    const button = el('button', {
      type: 'button',
      class: 'danger',
      text: yes,
      testid: 'dialog-submit',
      on: { click: choose(true) },
    });
    const dialog = openDialog({
      title,
      testid: 'question',
      body: [
        el('p', { class: 'dialog-text', text }),
        el('div', { class: 'dialog-buttons' }, no, button),
      ],
      onClosed: () => resolve(answer),
    });
    no.focus();
  });
}

// A labelled input for such a form.
export function createField({ label, testid, hint = '', type = 'text', ...rest }) {
  const id = `field-${testid}-${++count}`;
  const note = hint && el('span', { class: 'hint', id: `${id}-hint`, text: hint });
  const described = hint ? `${id}-hint` : null;
  const input = el('input', { id, testid, type, 'aria-describedby': described, ...rest });
  const node = el(
    'div',
    { class: 'field' },
    el('label', { for: id, text: label }),
    input,
    note || null,
  );
  return { node, input };
}
