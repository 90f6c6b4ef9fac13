import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withReaction } from './reactions.js';

test('counts who reacts, and remembers whether one did so oneself', () => {
  let reactions = withReaction([], { emoji: '👍', on: true, mine: false });
  reactions = withReaction(reactions, { emoji: '🎉', on: true, mine: false });
  reactions = withReaction(reactions, { emoji: '👍', on: true, mine: true });
  assert.deepEqual(reactions, [
    { emoji: '👍', count: 2, mine: true },
    { emoji: '🎉', count: 1, mine: false },
  ]);
  reactions = withReaction(reactions, { emoji: '👍', on: false, mine: false });
  assert.deepEqual(reactions[0], { emoji: '👍', count: 1, mine: true });
});

test('forgets what nobody reacts with any more', () => {
  const reactions = [{ emoji: '👍', count: 1, mine: true }];
  assert.deepEqual(withReaction(reactions, { emoji: '👍', on: false, mine: true }), []);
  assert.deepEqual(withReaction([], { emoji: '👍', on: false, mine: true }), []);
});
