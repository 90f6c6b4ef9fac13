// Small pieces that stand for a person wherever one is shown: avatar, presence dot, presence in
// words.

import { el } from '../dom.js';
import { lastSeen } from '../time.js';
import { nameOf } from '../wire.js';

const TONES = 8;

// Whoever the conversation is shown as: the other one, or the group by its name.
export function titleOf({ conversation_id, peer, name }) {
  const display_name = name || 'Group';
  return peer ?? { user_id: conversation_id, username: name, display_name, group: true };
}

// An avatar with a presence dot. `update(user, presence)`; without a presence there is no dot.
export function createAvatar() {
  const letter = el('span', { 'aria-hidden': true });
  const dot = el('span', { class: 'dot', testid: 'presence', role: 'img' });
  const node = el('span', { class: 'avatar' }, letter, dot);
  return {
    node,
    update(user, presence = null) {
      letter.textContent = [...nameOf(user)][0]?.toUpperCase() ?? '?';
      node.className = `avatar tone-${toneOf(user.user_id)}${user.group ? ' group' : ''}`;
      const shown = presence?.known ?? false;
      dot.hidden = !shown;
      if (!shown) return;
      dot.dataset.online = String(presence.online);
      dot.setAttribute('aria-label', presence.online ? 'online' : 'offline');
    },
  };
}

// "online", "last seen today at 14:02", or nothing when we do not know.
export function presenceInWords(presence) {
  if (!presence.known) return '';
  if (presence.online) return 'online';
  return presence.last_seen_at ? lastSeen(new Date(presence.last_seen_at)) : 'offline';
}

// The low bits of an id are a counter that often stands at 0; the time above them spreads well.
export function toneOf(userId) {
  return Number((BigInt(userId) >> 22n) % BigInt(TONES));
}
