// A menu at a button. The browser's popover closes it on Escape and on a click beside it; arrows
// move inside, as in every menu.

import { el, icon } from '../dom.js';

const GAP_PX = 4;

// `items`: `{label, name?, testid, icon?, danger?, act}`; `name` is what is read out for a label
// that is a picture. `kind` says how it looks.
export function openMenu({ anchor, label, items, kind = '' }) {
  const buttons = items.map(({ label: text, name = null, testid, icon: drawing, danger, act }) =>
    el(
      'button',
      {
        type: 'button',
        role: 'menuitem',
        tabindex: -1,
        class: danger ? 'menu-item danger-text' : 'menu-item',
        testid,
        'aria-label': name,
        title: name,
        on: {
          click: () => {
            node.hidePopover();
            act();
          },
        },
      },
      drawing ? icon(drawing) : null,
      text,
    ),
  );
  const node = el(
    'div',
    { class: `menu ${kind}`, popover: 'auto', role: 'menu', 'aria-label': label, testid: 'menu' },
    ...buttons,
  );
  node.addEventListener('keydown', onKey);
  node.addEventListener('toggle', ({ newState }) => newState === 'closed' && closed());
  // What is outside of an open dialog cannot be used.
  (anchor.closest('dialog') ?? document.getElementById('app')).append(node);
  anchor.setAttribute('aria-expanded', 'true');
  node.showPopover();
  place(node, anchor);
  buttons[0].focus();

  function closed() {
    anchor.setAttribute('aria-expanded', 'false');
    const inside =
      node.contains(document.activeElement) || document.activeElement === document.body;
    node.remove();
    if (inside) anchor.focus();
  }

  function onKey(event) {
    const at = buttons.indexOf(document.activeElement);
    const next = {
      ArrowDown: (at + 1) % buttons.length,
      ArrowRight: (at + 1) % buttons.length,
      ArrowUp: (at - 1 + buttons.length) % buttons.length,
      ArrowLeft: (at - 1 + buttons.length) % buttons.length,
      Home: 0,
      End: buttons.length - 1,
    }[event.key];
    if (event.key === 'Tab') node.hidePopover();
    if (next === undefined) return;
    event.preventDefault();
    buttons[next].focus();
  }
}

// Below the button where there is room, otherwise above; never beyond the edge.
function place(node, anchor) {
  const at = anchor.getBoundingClientRect();
  const below = at.bottom + GAP_PX + node.offsetHeight <= innerHeight;
  const left = Math.min(at.left, innerWidth - node.offsetWidth - GAP_PX);
  node.style.left = `${Math.max(GAP_PX, left)}px`;
  const top = below ? at.bottom + GAP_PX : at.top - GAP_PX - node.offsetHeight;
  node.style.top = `${Math.max(GAP_PX, top)}px`;
}
