// The reactions to an entry, `[{emoji, count, mine}]` in the order in which they came up. Pure.

// What becomes of them when somebody sets (`on`) or takes back one.
export function withReaction(reactions, { emoji, on, mine }) {
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  if (!known) return on ? [...reactions, { emoji, count: 1, mine }] : reactions;
  const count = known.count + (on ? 1 : -1);
  const changed = { emoji, count, mine: mine ? on : known.mine };
  return reactions
    .map((reaction) => (reaction === known ? changed : reaction))
    .filter((reaction) => reaction.count > 0);
}
