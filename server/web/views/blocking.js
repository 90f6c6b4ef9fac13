// Blocking somebody, wherever they are shown.

import { nameOf } from '../wire.js';
import { askWhether } from './dialog.js';

// Blocks after a question, unblocks at once.
export async function toggleBlock({ account, store, user }) {
  if (store.isBlocked(user.user_id)) return account.unblock(user.user_id);
  const sure = await askWhether({
    title: `Block ${nameOf(user)}?`,
    text:
      'You are no contacts any more, and neither of you can write to the other. In groups, ' +
      'what they write is hidden from you.',
    yes: 'Block',
  });
  if (sure) await account.block(user);
}
