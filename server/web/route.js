// The address decides what is shown: `#/chats`, `#/contacts`, either with a conversation behind it,
// `#/chats/123`, with what is to be known about that, `#/chats/123/info`, or at one of its
// messages, `#/chats/123/at/45`; and `#/settings`. So reload, the back button and links work by
// themselves.

const LISTS = ['chats', 'contacts', 'settings'];

export function currentRoute() {
  const [, list, conversationId, part, seq] = location.hash.split('/');
  const known = /^\d+$/.test(conversationId ?? '') ? conversationId : null;
  return {
    list: LISTS.includes(list) ? list : LISTS[0],
    conversationId: known,
    info: known !== null && part === 'info',
    seq: known !== null && part === 'at' && /^\d+$/.test(seq ?? '') ? BigInt(seq) : null,
  };
}

export function hrefOf({ list, conversationId = null, info = false, seq = null }) {
  if (!conversationId) return `#/${list}`;
  const part = seq === null ? '' : `/at/${seq}`;
  return `#/${list}/${conversationId}${info ? '/info' : part}`;
}

export function goTo(route) {
  location.hash = hrefOf(route);
}

// Back to the beginning without a way back, after a log-out.
export function clearRoute() {
  history.replaceState(null, '', location.pathname);
}
