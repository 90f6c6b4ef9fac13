// The address decides what is shown: `#/chats`, `#/contacts`, and either with a conversation behind
// it, `#/chats/123`. So reload, the back button and links work by themselves.

const LISTS = ['chats', 'contacts'];

export function currentRoute() {
  const [, list, conversationId] = location.hash.split('/');
  return {
    list: LISTS.includes(list) ? list : LISTS[0],
    conversationId: /^\d+$/.test(conversationId ?? '') ? conversationId : null,
  };
}

export function hrefOf({ list, conversationId = null }) {
  return conversationId ? `#/${list}/${conversationId}` : `#/${list}`;
}

export function goTo(route) {
  location.hash = hrefOf(route);
}

// Back to the beginning without a way back, after a log-out.
export function clearRoute() {
  history.replaceState(null, '', location.pathname);
}
