// The entry point: shows the log-in page or the chat, depending on the session, and puts the parts
// together. Holds nothing itself.

import { Client } from './client.js';
import { Notifier } from './notifier.js';
import { Outbox } from './outbox.js';
import { ReadMarks } from './read_marks.js';
import { clearRoute } from './route.js';
import { Session } from './session.js';
import { Connection } from './socket.js';
import { Store } from './store.js';
import { createAuthView } from './views/auth.js';
import { askWhether } from './views/dialog.js';
import { createShell } from './views/shell.js';

const LOSING_MESSAGES = {
  title: 'Log out?',
  text: 'Some messages have not been sent yet. They would be lost.',
  yes: 'Log out',
};
const root = document.getElementById('app');
const session = new Session();
const notifier = new Notifier();
let leave = () => {};

session.onEnded = () => showAuth('You have been logged out. Log in to go on.');
addEventListener('storage', () => session.adoptStored());
if (session.user) showChat();
else showAuth();

function showAuth(notice) {
  leave();
  leave = () => {};
  root.replaceChildren(createAuthView({ session, onLoggedIn: showChat, notice }).node);
}

function showChat() {
  const me = session.user;
  const userId = me.user_id;
  const outbox = new Outbox({ userId });
  const store = new Store({ me, marks: new ReadMarks({ userId }) });
  const connection = new Connection({ takeTicket: () => session.ticket() });
  const client = new Client({ session, connection, store, outbox });
  connection.onSessionEnded = () => session.end();
  const tryNow = () => connection.tryNow();
  const shell = createShell({ client, store, notifier, onTry: tryNow, onLogOut: logOut, onErased });
  const listening = new AbortController();
  addEventListener('online', tryNow, { signal: listening.signal });
  leave = () => {
    listening.abort();
    client.stop();
    shell.dispose();
  };
  root.replaceChildren(shell.node);
  client.start();

  function onErased() {
    outbox.clear();
    clearRoute();
    showAuth('Your account has been deleted.');
    session.forget();
  }

  async function logOut() {
    const unsent = outbox.next() !== null;
    if (unsent && !(await askWhether(LOSING_MESSAGES))) return;
    outbox.clear();
    clearRoute();
    showAuth();
    await session.logOut();
  }
}
