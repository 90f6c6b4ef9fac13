// A timeout that is cancelled by calling what it returns; easier to keep, and to replace in tests,
// than a number.

export function after(ms, work) {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}
