// Builds and reconciles elements. Text always goes in as text nodes: nothing in this client parses
// HTML, so what a person writes can never become markup. Knows nothing about chat.

const SVG_NAMESPACE = 'http://www.w3.org/2000/svg';
const rowsOf = new WeakMap();

// `attributes` besides plain ones: `text`, `testid`, and `on` (listeners by event name). `null` and
// `false` leave an attribute or a child out.
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  node.append(...children.filter((child) => child !== null && child !== false));
  return node;
}

function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === 'text') node.textContent = value;
  else if (name === 'testid') node.dataset.testid = value;
  else if (name === 'on') {
    for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  } else node.setAttribute(name, value === true ? '' : value);
}

// A drawing from the sprite in index.html; decoration only, the control around it carries the
// label.
export function icon(name) {
  const svg = document.createElementNS(SVG_NAMESPACE, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG_NAMESPACE, 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

// Writes only on change: a live region or a selection must not be disturbed by a redraw.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// Makes the children of `parent` show `items` in their order. A row is kept as long as its key
// stays, so that focus, selection and scrolling survive. A row is an object with `node` and
// `update(item)`.
export function reconcile(parent, items, { keyOf, create }) {
  if (!rowsOf.has(parent)) rowsOf.set(parent, new Map());
  const rows = rowsOf.get(parent);
  const wanted = new Set(items.map(keyOf));
  for (const [key, row] of rows) {
    if (wanted.has(key)) continue;
    row.node.remove();
    rows.delete(key);
  }
  let place = parent.firstChild;
  for (const item of items) {
    const key = keyOf(item);
    if (!rows.has(key)) rows.set(key, create(item));
    const row = rows.get(key);
    row.update(item);
    if (row.node === place) place = place.nextSibling;
    else parent.insertBefore(row.node, place);
  }
}
