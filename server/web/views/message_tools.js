// What can be done with a message: buttons beside it, seen while the pointer or the focus is there,
// and the reactions below it.

import { el, icon, reconcile, setText } from '../dom.js';
import { openMenu } from './menu.js';

const EMOJIS = [
  ['👍', 'Thumbs up'],
  ['❤️', 'Heart'],
  ['😂', 'Laughing'],
  ['🎉', 'Celebration'],
  ['😮', 'Surprised'],
  ['😢', 'Sad'],
];

// `current()` is the item that is shown; `actions` are what the message list can do with one.
export function createTools({ current, actions }) {
  const tool = (label, testid, drawing, act, rest = {}) =>
    el(
      'button',
      {
        type: 'button',
        class: 'tool',
        testid,
        'aria-label': label,
        title: label,
        on: { click: act },
        ...rest,
      },
      icon(drawing),
    );
  const menu = { 'aria-haspopup': 'menu', 'aria-expanded': 'false' };
  const react = tool('React', 'react', 'smile', onReact, menu);
  const reply = tool('Reply', 'reply', 'reply', () => actions.onReply(current()));
  const more = tool('More', 'more', 'more', onMore, menu);
  const node = el('div', { class: 'tools' }, react, reply, more);
  return { node };

  function onReact() {
    const item = current();
    const items = EMOJIS.map(([emoji, name]) => ({
      label: emoji,
      name,
      testid: 'emoji',
      act: () => actions.onReact(item, emoji, !isMine(item, emoji)),
    }));
    openMenu({ anchor: react, label: 'React with', items, kind: 'emojis' });
  }

  function onMore() {
    const item = current();
    const items = [
      { label: 'Copy text', testid: 'copy', icon: 'copy', act: () => actions.onCopy(item) },
    ];
    if (item.own) {
      items.unshift({
        label: 'Edit',
        testid: 'edit',
        icon: 'pen',
        act: () => actions.onEdit(item),
      });
    }
    if (item.own && item.group) {
      const act = () => actions.onReaders(item);
      items.push({ label: 'Who has read it', testid: 'who-read', icon: 'checks', act });
    }
    if (actions.mayDelete(item)) {
      const act = () => actions.onDelete(item);
      items.push({ label: 'Delete…', testid: 'delete', icon: 'bin', danger: true, act });
    }
    openMenu({ anchor: more, label: 'More', items });
  }
}

function isMine({ reactions }, emoji) {
  return reactions.some((reaction) => reaction.emoji === emoji && reaction.mine);
}

// `onToggle(emoji, on)`.
export function createReactions({ onToggle }) {
  const node = el('ul', { class: 'reactions', testid: 'reactions', 'aria-label': 'Reactions' });
  node.hidden = true;
  return {
    node,
    update(reactions) {
      node.hidden = reactions.length === 0;
      reconcile(node, reactions, { keyOf: ({ emoji }) => emoji, create: createReaction });
    },
  };

  function createReaction() {
    const drawing = el('span', { 'aria-hidden': true });
    const number = el('span', { 'aria-hidden': true });
    let shown;
    const button = el(
      'button',
      {
        type: 'button',
        class: 'reaction',
        testid: 'reaction',
        on: { click: () => onToggle(shown.emoji, !shown.mine) },
      },
      drawing,
      number,
    );
    return {
      node: el('li', {}, button),
      update(reaction) {
        shown = reaction;
        const { emoji, count, mine } = reaction;
        setText(drawing, emoji);
        setText(number, String(count));
        button.setAttribute('aria-pressed', String(mine));
        button.setAttribute('aria-label', `${emoji}, ${count}`);
      },
    };
  }
}
