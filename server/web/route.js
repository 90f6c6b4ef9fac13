// The address decides what is shown: `#/chats`, `#/contacts`, either with a conversation behind it,
// `#/chats/123`, and with what is to be known about that, `#/chats/123/info`; and `#/settings`. So
// reload, the back button and links work by themselves.

const LISTS = ['chats', 'contacts', 'settings'];

export function currentRoute() {
  const [, list, conversationId, part] = location.hash.split('/');
  const known = /^\d+$/.test(conversationId ?? '') ? conversationId : null;
  return {
    list: LISTS.includes(list) ? list : LISTS[0],
    conversationId: known,
    info: known !== null && part === 'info',
  };
}

export function hrefOf({ list, conversationId = null, info = false }) {
  if (!conversationId) return `#/${list}`;
  return `#/${list}/${conversationId}${info ? '/info' : ''}`;
}

export function goTo(route) {
  location.hash = hrefOf(route);
}

// Back to the beginning without a way back, after a log-out.
export function clearRoute() {
  history.replaceState(null, '', location.pathname);
}
