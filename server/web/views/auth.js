// The page before one is logged in: log in, or create an account, in one card.

import { el, setText } from '../dom.js';

const MODES = {
  logIn: {
    title: 'Welcome back',
    lead: 'Log in to go on with your conversations.',
    submit: 'Log in',
    question: 'New here?',
    other: 'Create an account',
  },
  register: {
    title: 'Create your account',
    lead: 'A name, a password, and you can start talking.',
    submit: 'Create account',
    question: 'Already have an account?',
    other: 'Log in',
  },
};

const MESSAGES = {
  bad_credentials: 'Name or password is not right.',
  username_taken: 'This username is taken. Try another one.',
  email_taken: 'There is an account with this e-mail address already.',
  rate_limited: 'Too many attempts. Wait a moment, then try again.',
};

// `onLoggedIn()` is called when the session has a user. `notice` says why one is here, if not by choice.
export function createAuthView({ session, onLoggedIn, notice = '' }) {
  let mode = 'logIn';
  const name = field({
    label: 'Username or e-mail',
    testid: 'login-name',
    autocomplete: 'username',
  });
  const username = field({
    label: 'Username',
    testid: 'username',
    autocomplete: 'username',
    hint: '3 to 32 letters, digits, dots or underscores',
    pattern: '[A-Za-z0-9_.]{3,32}',
    title: '3 to 32 letters, digits, dots or underscores',
  });
  const email = field({ label: 'E-mail', testid: 'email', type: 'email', autocomplete: 'email' });
  const password = field({ label: 'Password', testid: 'password', type: 'password' });
  const error = el('p', { class: 'form-error', role: 'alert', testid: 'auth-error' });
  const title = el('h1');
  const lead = el('p', { class: 'lead', testid: 'auth-lead' });
  const submit = el('button', { type: 'submit', class: 'primary wide', testid: 'auth-submit' });
  const question = el('span');
  const toggle = el('button', {
    type: 'button',
    class: 'link',
    testid: 'auth-toggle',
    on: { click: () => show(mode === 'logIn' ? 'register' : 'logIn') },
  });

  const fields = [name, username, email, password];
  const form = el(
    'form',
    { class: 'card auth', testid: 'auth-form', on: { submit: onSubmit } },
    el('img', { src: '/icon.svg', alt: '', width: 56, height: 56, class: 'logo' }),
    title,
    lead,
    ...fields.map(({ node }) => node),
    error,
    submit,
    el('p', { class: 'switch' }, question, ' ', toggle),
  );
  show(mode);
  return { node: el('main', { class: 'auth-page' }, form) };

  function show(next) {
    mode = next;
    const registering = mode === 'register';
    const words = MODES[mode];
    setText(title, words.title);
    setText(lead, registering ? words.lead : notice || words.lead);
    setText(submit, words.submit);
    setText(question, words.question);
    setText(toggle, words.other);
    setText(error, '');
    form.dataset.mode = mode;
    name.enable(!registering);
    username.enable(registering);
    email.enable(registering);
    password.input.autocomplete = registering ? 'new-password' : 'current-password';
    password.input.minLength = registering ? 8 : 1;
    password.setHint(registering ? 'At least 8 characters' : '');
    // A phone would answer with its keyboard before one has seen the page.
    if (matchMedia('(pointer: coarse)').matches) return;
    requestAnimationFrame(() => (registering ? username : name).input.focus());
  }

  async function onSubmit(event) {
    event.preventDefault();
    setText(error, '');
    form.inert = true;
    form.setAttribute('aria-busy', 'true');
    try {
      await enter();
      onLoggedIn();
    } catch (failure) {
      setText(error, MESSAGES[failure.code] ?? failure.message);
    } finally {
      form.inert = false;
      form.removeAttribute('aria-busy');
    }
  }

  function enter() {
    if (mode === 'logIn') {
      return session.logIn({ name: name.input.value.trim(), password: password.input.value });
    }
    return session.register({
      username: username.input.value.trim().toLowerCase(),
      email: email.input.value.trim(),
      password: password.input.value,
    });
  }
}

function field({ label, testid, hint = '', type = 'text', ...rest }) {
  const id = `field-${testid}`;
  const hintId = `${id}-hint`;
  const input = el('input', {
    id,
    testid,
    type,
    required: true,
    spellcheck: 'false',
    autocapitalize: 'none',
    'aria-describedby': hintId,
    ...rest,
  });
  const note = el('span', { class: 'hint', id: hintId, text: hint });
  const node = el('div', { class: 'field' }, el('label', { for: id, text: label }), input, note);
  return {
    node,
    input,
    setHint: (text) => setText(note, text),
    // A field that is not asked for must not be checked either.
    enable(on) {
      node.hidden = !on;
      input.disabled = !on;
    },
  };
}
