// Times in words, in the reader's own time zone. The page is in English, so other languages get
// English names of days and months with a 24-hour clock.

const LANGUAGE = globalThis.navigator?.language ?? '';
const LOCALE = LANGUAGE.startsWith('en') ? LANGUAGE : 'en-GB';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const clock = new Intl.DateTimeFormat(LOCALE, { hour: 'numeric', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(LOCALE, { weekday: 'long' });
const dayAndMonth = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'long' });
const fullDay = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'long', year: 'numeric' });
const shortDay = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'short' });
const exact = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'full', timeStyle: 'medium' });

export function timeOfDay(date) {
  return clock.format(date);
}

export function exactTime(date) {
  return exact.format(date);
}

// Equal for two times of the same local day.
export function dayKey(date) {
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

// "Today", "Yesterday", "Monday", "3 March", "3 March 2024".
export function dayLabel(date, now = new Date()) {
  const days = daysBetween(date, now);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  if (days > 1 && days < 7) return weekday.format(date);
  return (date.getFullYear() === now.getFullYear() ? dayAndMonth : fullDay).format(date);
}

// For the list of conversations: as short as it can be.
export function listStamp(date, now = new Date()) {
  const days = daysBetween(date, now);
  if (days === 0) return timeOfDay(date);
  if (days === 1) return 'Yesterday';
  if (days > 1 && days < 7) return weekday.format(date);
  return shortDay.format(date);
}

// "last seen just now", "last seen 5 minutes ago", "last seen today at 14:02".
export function lastSeen(date, now = new Date()) {
  const age = now - date;
  if (age < MINUTE_MS) return 'last seen just now';
  if (age < HOUR_MS) {
    const minutes = Math.floor(age / MINUTE_MS);
    return `last seen ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} ago`;
  }
  const label = dayLabel(date, now);
  const day = label === 'Today' || label === 'Yesterday' ? label.toLowerCase() : `on ${label}`;
  return `last seen ${day} at ${timeOfDay(date)}`;
}

// "Used just now", "Used 5 minutes ago", "Used yesterday at 14:02".
export function lastUsed(date, now = new Date()) {
  return lastSeen(date, now).replace('last seen', 'Used');
}

function daysBetween(date, now) {
  const midnight = (time) => new Date(time.getFullYear(), time.getMonth(), time.getDate());
  // Rounded, because a day may have 23 or 25 hours.
  return Math.round((midnight(now) - midnight(date)) / (24 * HOUR_MS));
}
