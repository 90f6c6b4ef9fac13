import assert from 'node:assert/strict';
import { test } from 'node:test';
import { excerpt } from './search_results.js';

test('shows the beginning where the word stands early or nowhere', () => {
  assert.equal(excerpt('The Lighthouse', 'lighthouse'), 'The Lighthouse');
  assert.equal(excerpt('something else', 'lighthouse'), 'something else');
});

test('shows the part around the word where it stands late', () => {
  const text = `${'word '.repeat(100)}lighthouse at last`;
  assert.match(excerpt(text, 'LIGHTHOUSE'), /^….{30}lighthouse at last$/);
});
